using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>The reference plugin and Berth do the same on two nodes: iptables-save prints the same text on both.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class SameAsReferenceTests
{
    private const int Rounds = 8;

    /// <summary>Few enough for every run.</summary>
    public static MatrixTheoryData<Toolset, int> SomeSeeds { get; } = new(Toolsets.All, Enumerable.Range(0, 3));

    /// <summary>Two hundred configurations more.</summary>
    public static MatrixTheoryData<Toolset, int> ManySeeds { get; } = new(Toolsets.All, Enumerable.Range(3, 13));

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public void Generated_configurations_leave_the_same_tables(Toolset toolset, int seed) => Compare(toolset, seed);

    [Theory]
    [Trait("tier", "slow")]
    [MemberData(nameof(ManySeeds))]
    public void Many_more_generated_configurations_leave_the_same_tables(Toolset toolset, int seed) => Compare(toolset, seed);

    private static void Compare(Toolset toolset, int seed)
    {
        using Host sandbox = new("sandbox", $"same-{toolset}-{seed}-pod");
        Toolset referenceToolset = TrustworthyToolset(toolset);
        using Host theirs = MakeNode(referenceToolset, $"same-{toolset}-{seed}-theirs");
        using Host ours = MakeNode(toolset, $"same-{toolset}-{seed}-ours");
        for (int round = 0; round < Rounds; round++)
        {
            GeneratedAttachment first = new((seed * Rounds) + round, 1);
            GeneratedAttachment second = new((seed * Rounds) + round, 2);
            foreach ((string verb, GeneratedAttachment about) in new[]
            {
                ("ADD", first), ("ADD", second), ("ADD", second), ("CHECK", first), ("CHECK", second), ("DEL", first), ("DEL", second),
            })
            {
                about.On(theirs, sandbox, referenceToolset, ReferencePortmap.Program).Call(verb, about.Mappings).Succeeded();
                about.On(ours, sandbox, toolset, Portmap.Program).Call(verb, about.Mappings).Succeeded();
                Assert.Equal($"{verb} {about}\n{theirs.Save(referenceToolset)}", $"{verb} {about}\n{ours.Save(toolset)}");
            }
        }
    }

    // ip6tables-legacy 1.8.9, which Debian 12 has, finds rules that are not there ("ip6tables: Fix checking existence of
    // rule" of 1.8.10), so the reference leaves some out. Both flavours print the same, so there the other one serves.
    private static Toolset TrustworthyToolset(Toolset toolset)
    {
        using Host node = new("node", $"trust-{Guid.NewGuid():N}");
        node.Iptables(toolset, Family.IPv6, "", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "1");
        bool isWrong = Command.Run(
            node.NetnsPath, "ip6tables", ["-t", "nat", "-C", "OUTPUT", "-p", "tcp", "--dport", "2"],
            environment: new Dictionary<string, string> { ["PATH"] = toolset.SearchPath() }).ExitCode == 0;
        return isWrong ? Toolset.Mixed : toolset;
    }

    // With a rule of somebody's in each chain that both write to.
    private static Host MakeNode(Toolset toolset, string name)
    {
        Host node = new("node", name);
        foreach (Family family in (Family[])[Family.IPv4, Family.IPv6])
        {
            node.Iptables(toolset, family, "", "-t", "nat", "-N", GeneratedAttachment.ExternalChain);
            foreach (string chain in (string[])["PREROUTING", "OUTPUT", "POSTROUTING"])
            {
                node.Iptables(toolset, family, "", "-t", "nat", "-A", chain, "-p", "tcp", "-j", "RETURN");
            }
        }

        return node;
    }
}
