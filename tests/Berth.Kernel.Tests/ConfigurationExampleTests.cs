using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The examples of docs/configuration.md, given to the plugin as they are.</summary>
public sealed class ConfigurationExampleTests
{
    private static readonly PortMapping Web = new(8080, 80);

    /// <summary>The examples.</summary>
    public static TheoryData<string> Examples { get; } = [.. Document.JsonBlocks("docs/configuration.md")];

    [Theory]
    [MemberData(nameof(Examples))]
    public void With_each_example_a_pod_is_added_checked_reached_and_deleted(string example)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        foreach (Family family in Enum.GetValues<Family>())
        {
            node.Iptables(Toolset.Nft, family, "", "-t", "nat", "-N", "KUBE-MARK-MASQ");
        }

        Attachment attachment = web.Attachment with { HasBackend = false, SearchPath = Toolset.Nft.SearchPath() };
        foreach ((string key, JsonNode? value) in JsonNode.Parse(example)!.AsObject())
        {
            attachment = attachment.With(key, value!.ToJsonString());
        }

        // The ports of the call take the place of those of the example, which is about them.
        IReadOnlyList<PortMapping>? mappings = attachment.Keys.ContainsKey("runtimeConfig") ? null : [Web];
        attachment.Call("ADD", mappings).Succeeded();
        attachment.Call("CHECK", mappings).Succeeded();

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        }

        attachment.Call("DEL", mappings).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
    }
}
