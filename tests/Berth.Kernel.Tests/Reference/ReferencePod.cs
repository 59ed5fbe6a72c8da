using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Reference;

/// <summary>What the reference plugin's nftables backend does for an attachment, and what it leaves.</summary>
internal static class ReferencePod
{
    /// <summary>The attachment as the reference plugin serves it, with its nftables backend.</summary>
    internal static Attachment OfReference(this Attachment attachment) => attachment with { Program = ReferencePortmap.Program };

    /// <summary>A DEL that says neither addresses nor ports.</summary>
    internal static PluginResult DelWithoutAnything(this Attachment attachment) =>
        (attachment with { NetnsPath = "", IPv4 = null, IPv6 = null }).Del();

    /// <summary>The rules that the reference has for an attachment's container, both families.</summary>
    internal static string[] ReferenceRules(this Node node, Attachment attachment)
    {
        JsonArray objects = JsonNode.Parse(node.Nft("-j", "list", "ruleset"))!["nftables"]!.AsArray();
        return
        [
            .. objects.Select(static o => o!["rule"]).OfType<JsonNode>()
                .Where(rule => (string?)rule["table"] == "cni_hostport" && (string?)rule["comment"] == attachment.ContainerId)
                .Select(static rule => $"{rule["family"]} {rule["chain"]} {rule["expr"]!.ToJsonString()}"),
        ];
    }
}
