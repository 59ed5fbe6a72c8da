using System.Text.Json;

namespace Berth.Cni;

/// <summary>What a runtime asks of a plugin.</summary>
public enum CniCommand
{
    /// <summary>Set an attachment up.</summary>
    Add,

    /// <summary>Take an attachment down.</summary>
    Del,

    /// <summary>Verify an attachment.</summary>
    Check,

    /// <summary>Remove whatever belongs to attachments that no longer exist.</summary>
    Gc,

    /// <summary>Say whether ADD can be served.</summary>
    Status,

    /// <summary>Say which versions are spoken; answered by <see cref="CniPluginHost"/> itself.</summary>
    Version,
}

/// <summary>An attachment of a network, as GC names it.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="IfName">The interface inside it.</param>
public readonly record struct CniAttachment(string ContainerId, string IfName);

/// <summary>One call of a plugin, its environment and configuration checked by the rules of the specification.</summary>
public sealed class CniRequest
{
    /// <summary>The verb.</summary>
    public required CniCommand Command { get; init; }

    /// <summary>CNI_CONTAINERID; empty for GC and STATUS.</summary>
    public required string ContainerId { get; init; }

    /// <summary>CNI_NETNS, a path; null when DEL came without it, and for GC and STATUS.</summary>
    public string? NetNs { get; init; }

    /// <summary>CNI_IFNAME; empty for GC and STATUS.</summary>
    public required string IfName { get; init; }

    /// <summary>CNI_ARGS, as far as it is a list of KEY=VALUE; whatever else it holds is left out.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();

    /// <summary>The configuration's version: one of <see cref="ProtocolVersion.Supported"/>.</summary>
    public required string CniVersion { get; init; }

    /// <summary>The network's name.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The whole configuration; see <see cref="JsonProperties"/> for how to read it.</summary>
    public required JsonElement Config { get; init; }

    /// <summary>
    /// The result of the plugins before; null when there is none. For DEL, GC and STATUS also null when it cannot be
    /// read: what was set up must be removable whatever a runtime's cache has become.
    /// </summary>
    public CniResult? PrevResult { get; init; }

    /// <summary>
    /// GC: the attachments that are alive, from "cni.dev/valid-attachments" and "cni.dev/attachments" (either
    /// suffices to be alive). Null when the configuration has neither, which does not mean that none is alive.
    /// </summary>
    public IReadOnlyList<CniAttachment>? ValidAttachments { get; init; }
}
