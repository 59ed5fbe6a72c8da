using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>What a runtime attaches to a network.</summary>
public sealed record ChainAttachment
{
    /// <summary>CNI_CONTAINERID.</summary>
    public required string ContainerId { get; init; }

    /// <summary>CNI_NETNS, a path; null when DEL comes after the namespace is gone.</summary>
    public string? NetNs { get; init; }

    /// <summary>CNI_IFNAME.</summary>
    public string IfName { get; init; } = "eth0";

    /// <summary>CNI_ARGS, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Args { get; init; } = [];

    /// <summary>
    /// An object with an entry for each capability, such as "portMappings"; a plugin gets those it declares, as its
    /// "runtimeConfig". Undefined for none.
    /// </summary>
    public JsonElement CapabilityArgs { get; init; }
}
