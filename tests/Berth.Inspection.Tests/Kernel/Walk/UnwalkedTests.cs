using System.ComponentModel;
using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>What a packet passes that is not walked stands in the answer, read from the kernel.</summary>
public sealed class UnwalkedTests : WalkTests
{
    // BPF_PROG_TYPE_* and enum bpf_attach_type
    private const uint TrafficClass = 3;
    private const uint Xdp = 6;
    private const uint GroupPacket = 8;
    private const uint GroupAddress = 18;
    private const uint SocketLookup = 30;
    private const uint AtGroupIngress = 0;
    private const uint AtConnect4 = 10;
    private const uint AtSocketLookup = 36;
    private const uint AtXdp = 37;
    private const uint AtTcxIngress = 46;

    private static NodeReaderOptions Options => new() { CniCacheDirectory = "/run/cni", PodLogDirectory = "/run/pods" };

    private static int IndexOf(string link) =>
        Read().Links.Value!.Single(candidate => candidate.Name == link).Index;

    // Live and of a snapshot that went through its file.
    private static WalkAnswer Ask(WalkQuestion question)
    {
        WalkAnswer live = PacketWalk.ExplainHere(Options, question);
        WalkAnswer saved = PacketWalk.Explain(SnapshotTests.Reread(Read()), question);
        Assert.Equal(live.Conclusion, saved.Conclusion);
        Assert.Equal(live.Notes, saved.Notes);
        Assert.Equal(live.Ways.Select(static way => string.Join('|', way.Conditions)), saved.Ways.Select(static way => string.Join('|', way.Conditions)));
        return live;
    }

    private static string Condition(WalkAnswer answer)
    {
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        WalkCondition condition = Assert.Single(Assert.Single(answer.Ways).Conditions);
        Assert.True(condition.Matters);
        return condition.Text;
    }

    [Fact]
    public void A_node_without_any_takes_nothing_more_for_granted()
    {
        Tool.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        Tool.Run("tc", "qdisc", "add", "dev", "eth0", "clsact");
        Tool.Run("tc", "qdisc", "add", "dev", "v0", "root", "pfifo");
        Tool.Nft("table netdev empty { chain c { type filter hook ingress device \"eth0\" priority 0; }\n}");
        WalkAnswer answer = Ask(To("192.0.2.1", 80) with { Source = IPAddress.Parse("192.0.2.9"), SourcePort = 40000, Interface = "eth0" });
        Assert.Equal(WalkConclusion.Refused, answer.Conclusion);
        Assert.Empty(Assert.Single(answer.Ways).Conditions);
        Assert.Empty(answer.Notes);
        Assert.Empty(answer.Unread);
    }

    [Fact]
    public void An_XDP_program_of_the_link_by_which_it_comes_in_is_named()
    {
        Tool.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        Tool.Run("ip", "address", "add", "198.51.100.1/24", "dev", "v0");
        Tool.Run("ip", "link", "set", "v0", "up");
        Tool.Run("ip", "link", "set", "v1", "up");
        using BpfProgram program = new("berth_xdp", Xdp, AtXdp, 2, IndexOf("v0"));
        Assert.Matches(
            @"^XDP berth_xdp \(\d+\) of v0, which is not walked, lets the packet go on as it is$",
            Condition(Ask(To("198.51.100.1", 80) with { Interface = "v0" })));
        Assert.Equal(WalkConclusion.Refused, Ask(To("192.0.2.1", 80) with { Interface = "eth0" }).Conclusion);
    }

    [Fact]
    public void A_filter_of_tc_is_named_on_the_way_in_and_on_the_way_out()
    {
        Tool.Run("tc", "qdisc", "add", "dev", "eth0", "clsact");
        Tool.Run("tc", "filter", "add", "dev", "eth0", "ingress", "bpf", "bytecode", "1,6 0 0 4294967295");
        Tool.Run("tc", "qdisc", "add", "dev", "cni0", "clsact");
        Tool.Run("tc", "filter", "add", "dev", "cni0", "egress", "protocol", "ip", "u32", "match", "ip", "dport", "80", "0xffff");
        Assert.Equal(
            ["tc bpf of eth0, ingress", "tc u32 of cni0, egress"],
            Read().Programs.Value!.Select(static program => program.ToString()));
        WalkAnswer answer = Ask(To("10.1.0.9", 80) with { Interface = "eth0" });
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Equal(
            [
                "tc bpf of eth0, ingress, which is not walked, lets the packet go on as it is",
                "tc u32 of cni0, egress, which is not walked, lets the packet go on as it is",
            ],
            Assert.Single(answer.Ways).Conditions.Select(static condition => condition.Text));
        Tool.Run("tc", "filter", "delete", "dev", "eth0", "ingress");
        Assert.Contains(
            "tc u32 of cni0, egress, which is not walked, lets the answer go on as it is",
            Ask(To("192.0.2.9", 80) with { Source = IPAddress.Parse("10.1.0.9"), Interface = "cni0" }).Notes);
    }

    [Fact]
    public void A_program_of_tcx_is_named()
    {
        Tool.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        Tool.Run("ip", "address", "add", "198.51.100.1/24", "dev", "v0");
        Tool.Run("ip", "link", "set", "v0", "up");
        Tool.Run("ip", "link", "set", "v1", "up");
        using BpfProgram? program = TryAttach("berth_tcx", TrafficClass, AtTcxIngress, 0, IndexOf("v0"));
        Assert.SkipWhen(program is null, "this kernel has no tcx (6.6)");
        Assert.Matches(
            @"^tcx berth_tcx \(\d+\) of v0, ingress, which is not walked", Condition(Ask(To("198.51.100.1", 80) with { Interface = "v0" })));
    }

    [Fact]
    public void A_program_that_chooses_the_socket_is_named_for_what_is_delivered_here_alone()
    {
        int space = BpfProgram.OpenDirectory("/proc/thread-self/ns/net");
        try
        {
            using BpfProgram program = new("berth_lookup", SocketLookup, AtSocketLookup, 1, space);
            Assert.Matches(@"^sk_lookup berth_lookup \(\d+\), which", Condition(Ask(To("192.0.2.1", 80) with { Interface = "eth0" })));
            Assert.Equal(WalkConclusion.Delivered, Ask(To("10.1.0.9", 80) with { Interface = "eth0" }).Conclusion);
        }
        finally
        {
            _ = BpfProgram.Close(space);
        }
    }

    [Fact]
    public void Programs_of_a_control_group_are_found_with_its_path()
    {
        string? root = ControlGroups.All().Select(static group => group.Directory).FirstOrDefault();
        Assert.SkipWhen(root is null, "no cgroup2 is mounted");
        string directory = Path.Combine(root!, $"berth-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            int group = BpfProgram.OpenDirectory(directory);
            using (BpfProgram connect = new("berth_connect", GroupAddress, AtConnect4, 1, group))
            using (BpfProgram receive = new("berth_receive", GroupPacket, AtGroupIngress, 1, group))
            {
                Assert.Equal(
                    [
                        (ProgramPlace.GroupIngress, "cgroup_skb/ingress", "berth_receive"),
                        (ProgramPlace.Connect, "cgroup/connect4", "berth_connect"),
                    ],
                    Read().Programs.Value!.Where(program => program.Cgroup == "/" + Path.GetFileName(directory))
                        .Select(static program => (program.Place, program.Kind, program.Name!)));
                WalkAnswer answer = Ask(To("192.0.2.1", 80) with { Origin = WalkOrigin.Node });
                Assert.Contains(answer.Notes, static note => note.StartsWith(
                    "the process that sends it is in none of the cgroups with programs of their own: /berth-test-", StringComparison.Ordinal));
                Assert.Empty(Assert.Single(answer.Ways).Conditions);
            }

            _ = BpfProgram.Close(group);
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    [Fact]
    public void Base_chains_of_netdev_and_bridge_are_named_where_the_packet_passes_them()
    {
        Tool.Nft("""
            table netdev early { chain c { type filter hook ingress device "eth0" priority 0; udp dport 9 drop; }
            }
            """);
        Assert.Equal(
            "nft netdev early c, which is not walked, lets the packet go on as it is",
            Condition(Ask(To("192.0.2.1", 80) with { Interface = "eth0" })));
        Assert.Equal(WalkConclusion.Refused, Ask(To("10.1.0.1", 80) with { Interface = "cni0" }).Conclusion);
        Tool.Nft("flush ruleset; table netdev early { chain c { type filter hook ingress device \"eth0\" priority 0; udp dport 9 counter log; }\n}");
        Assert.Empty(Ask(To("192.0.2.1", 80) with { Interface = "eth0" }).Ways[0].Conditions);
    }

    [Theory]
    [InlineData("prerouting", true, false)]
    [InlineData("input", true, false)]
    [InlineData("forward", false, false)]
    [InlineData("output", false, true)]
    [InlineData("postrouting", false, true)]
    public void Of_a_bridges_hooks_count_those_that_the_packet_passes(string hook, bool whereItComesIn, bool whereItGoesOut)
    {
        Tool.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        Tool.Run("ip", "address", "add", "198.51.100.1/24", "dev", "v0");
        Tool.Run("ip", "link", "set", "v0", "up");
        Tool.Run("ip", "link", "set", "v1", "up");
        Tool.Nft($"table bridge b {{ chain c {{ type filter hook {hook} priority 0; udp dport 9 drop; }}\n}}");
        bool Counts(WalkQuestion question) => Ask(question).Ways[0].Conditions
            .Any(static condition => condition.Text.StartsWith("nft bridge b c, which", StringComparison.Ordinal));
        Assert.Equal(whereItComesIn, Counts(To("10.1.0.1", 80) with { Interface = "cni0" }));
        Assert.Equal(whereItGoesOut, Counts(To("10.1.0.9", 80) with { Interface = "v0" }));
        Assert.False(Counts(To("127.0.0.1", 80)));
    }

    [Fact]
    public void A_flow_table_is_named_and_does_not_change_where_the_first_packet_goes()
    {
        Tool.Run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        Tool.Run("ip", "address", "add", "198.51.100.1/24", "dev", "v0");
        Tool.Run("ip", "link", "set", "v0", "up");
        Tool.Run("ip", "link", "set", "v1", "up");
        const string Rules = """
            table inet f {
              flowtable fast { hook ingress priority 0; devices = { v0, cni0 }; }
              chain forward { type filter hook forward priority 0; policy drop; flow add @fast accept; tcp dport 80 accept; }
            }
            """;
        Tool loaded = Tool.Try("nft", ["-f", "-"], Rules);
        Assert.SkipUnless(loaded.ExitCode == 0, $"this kernel has no flow tables: {loaded.Errors}");
        Assert.Equal(["cni0", "v0"], Assert.Single(Read().NfTables.Value!.Tables[0].FlowTables!).Devices.Order());
        WalkAnswer answer = Ask(To("10.1.0.9", 80) with { Interface = "v0" });
        Assert.Equal(WalkConclusion.Delivered, answer.Conclusion);
        Assert.Contains(answer.Notes, static note => note.StartsWith("later packets of the connection may go past all rules by flow table inet f fast of ", StringComparison.Ordinal));
        // Of what has no connection yet the rule does nothing (nft_flow_offload_eval()).
        Assert.Equal("dropped by nft inet f forward: policy drop", Ask(To("10.1.0.9", 81) with { Interface = "v0" }).Ways[0].End.Text);
        Assert.DoesNotContain(Ask(To("10.1.0.9", 80) with { Interface = "eth0" }).Notes, static note => note.Contains("flow table", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_programs_may_not_be_asked_for_it_is_said_and_the_answer_depends()
    {
        WalkAnswer answer = Unprivileged.Run(static () => PacketWalk.ExplainHere(Options, To("192.0.2.1", 80)));
        Assert.Contains("programs of eBPF (needs root (CAP_NET_ADMIN in the first user namespace))", answer.Unread);
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
    }

    private static BpfProgram? TryAttach(string name, uint type, uint place, int verdict, int target)
    {
        try
        {
            return new BpfProgram(name, type, place, verdict, target);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
