using System.Net;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk;

public sealed class UnwalkedProgramTests
{
    private const string Uid = "0b1c2d3e-1111-2222-3333-444455556666";
    private const string OtherUid = "0b1c2d3e-9999-2222-3333-444455556666";

    private static NodeSnapshot With(params AttachedProgram[] programs) => WalkNodes.Of() with
    {
        Programs = Part.Of<IReadOnlyList<AttachedProgram>>(programs),
        PodLogs = Part.Of<IReadOnlyList<PodLogDirectory>>([new("shop", "web", Uid), new("shop", "db", OtherUid)]),
    };

    private static AttachedProgram Connect(string group, bool isIPv6 = false) =>
        new(ProgramPlace.Connect, isIPv6 ? "cgroup/connect6" : "cgroup/connect4") { Id = 7, Name = "cil_sock4", Cgroup = group, IsIPv6 = isIPv6 };

    private static bool Depends(NodeSnapshot node, WalkQuestion question)
    {
        WalkAnswer answer = PacketWalk.Explain(node, question);
        bool isThere = answer.Ways.Any(static way => way.Conditions.Any(static condition => condition.Text.Contains("which is not walked", StringComparison.Ordinal)));
        Assert.Equal(isThere, answer.Conclusion == WalkConclusion.Depends);
        return isThere;
    }

    [Theory]
    [InlineData("/", WalkOrigin.Node, true)]
    [InlineData("/", WalkOrigin.Pod, true)]
    [InlineData("/", WalkOrigin.Outside, false)]
    [InlineData("/system.slice/a.service", WalkOrigin.Node, false)]
    [InlineData("/system.slice/a.service", WalkOrigin.Pod, false)]
    [InlineData("/kubepods.slice", WalkOrigin.Node, false)]
    [InlineData("/kubepods.slice", WalkOrigin.Pod, true)]
    [InlineData("/kubepods/pod" + Uid, WalkOrigin.Pod, true)]
    [InlineData("/kubepods/pod" + OtherUid, WalkOrigin.Pod, false)]
    public void A_program_that_connections_of_a_control_group_meet_counts_for_its_processes(string group, WalkOrigin origin, bool counts)
    {
        WalkQuestion question = WalkNodes.To("10.1.0.3", 80) with { Origin = origin, Pod = origin == WalkOrigin.Pod ? "web0" : null };
        Assert.Equal(counts, Depends(With(Connect(group)), question));
        Assert.False(Depends(With(Connect(group, isIPv6: true)), question));
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/system.slice", true)]
    [InlineData("/system.slice/agent.service", true)]
    [InlineData("/system.slice/agent", false)]
    [InlineData("/system.slice/other.service", false)]
    public void A_program_that_sees_what_a_socket_receives_counts_for_the_sockets_of_its_group(string group, bool counts)
    {
        NodeSnapshot node = With(new AttachedProgram(ProgramPlace.GroupIngress, "cgroup_skb/ingress") { Id = 8, Cgroup = group }) with
        {
            Sockets = Part.Of<IReadOnlyList<Netlink.Sockets.DiagnosedSocket>>([new(6, 10, IPAddress.Any, 4711, IPAddress.Any, 0, 0, 0, 99)]),
            Processes = Part.Of<IReadOnlyList<ProcessState>>([new(5, "agent", null, "/system.slice/agent.service", [99])]),
        };
        Assert.Equal(counts, Depends(node, WalkNodes.To("192.0.2.1", 4711) with { Interface = "eth0" }));
    }

    [Fact]
    public void Below_a_bridge_each_port_may_be_the_one()
    {
        AttachedProgram program = new(ProgramPlace.LinkEgress, "tc bpf") { Id = 9, Name = "to_pod", Link = "veth2" };
        NodeSnapshot node = With(program).WithPorts();
        Assert.True(Depends(node, WalkNodes.To("10.1.0.3", 80) with { Interface = "eth0" }));
        Assert.False(Depends(node, WalkNodes.To("192.0.2.1", 80) with { Interface = "eth0" }));
    }

    [Fact]
    public void Of_a_port_by_which_it_may_come_in_only_what_stands_at_all_of_them_counts()
    {
        AttachedProgram first = new(ProgramPlace.LinkIngress, "tc bpf") { Id = 9, Name = "from_pod", Link = "veth1" };
        AttachedProgram second = first with { Link = "veth2" };
        WalkQuestion question = WalkNodes.To("192.0.2.1", 80) with { Interface = "cni0", Source = IPAddress.Parse("10.1.0.3") };
        Assert.False(Depends(With(second).WithPorts(), question));
        Assert.Contains(
            $"the packet does not come in by the port of {second}, which is not walked",
            PacketWalk.Explain(With(second).WithPorts(), question).Notes);
        Assert.True(Depends(With(first, second).WithPorts(), question));
        Assert.True(Depends(With(second).WithPorts(), question with { Interface = "veth2" }));
    }

    [Fact]
    public void Below_a_VLAN_the_link_that_carries_it_counts_too()
    {
        NodeSnapshot node = With(new AttachedProgram(ProgramPlace.LinkIngress, "XDP") { Id = 9, Link = "eth0" });
        int carrier = node.Links.Value!.Single(static link => link.Name == "eth0").Index;
        node = node with
        {
            Links = Part.Of<IReadOnlyList<Link>>([.. node.Links.Value!, new(20, "eth0.5", LinkFlags.Up, "vlan", 1500, null, carrier, null, default)]),
        };
        Assert.True(Depends(node, WalkNodes.To("192.0.2.1", 80) with { Interface = "eth0.5", Source = IPAddress.Parse("192.0.2.9") }));
    }

    [Fact]
    public void A_file_that_does_not_say_whether_there_are_any_says_so_in_the_answer()
    {
        NodeSnapshot node = With() with { Programs = Part.Absent<IReadOnlyList<AttachedProgram>>("the file was written before this part was read") };
        Assert.Contains(
            "whether programs of eBPF and tc see the packet is not known: the file was written before this part was read",
            PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 80) with { Interface = "eth0" }).Notes);
        Assert.Contains(
            "programs of eBPF (needs root)",
            PacketWalk.Explain(node with { Programs = Part.Unreadable<IReadOnlyList<AttachedProgram>>("needs root") }, WalkNodes.To("192.0.2.1", 80)).Unread);
    }

    [Theory]
    [InlineData("FORWARD", NfHook.Forward, 1, false, false, false)]
    [InlineData("PREROUTING", NfHook.Prerouting, 1, false, true, false)]
    [InlineData("PREROUTING", NfHook.Prerouting, 0, false, false, false)]
    [InlineData("OUTPUT", NfHook.Output, 0, true, false, true)]
    public void A_chain_of_ebtables_legacy_counts_where_the_packet_passes_its_hook(
        string name, NfHook hook, int rules, bool drops, bool countsIn, bool countsOut)
    {
        NodeSnapshot node = With() with
        {
            Ebtables = Part.Of<IReadOnlyList<EbtablesChain>>([new("nat", name, hook, rules, drops)]),
        };
        Assert.Equal(countsIn, Depends(node.WithPorts(), WalkNodes.To("192.0.2.1", 80) with { Interface = "cni0", Source = IPAddress.Parse("10.1.0.3") }));
        Assert.Equal(countsOut, Depends(node.WithPorts(), WalkNodes.To("10.1.0.3", 80) with { Interface = "eth0" }));
        Assert.False(Depends(node, WalkNodes.To("127.0.0.1", 80)));
        Assert.Contains(
            "tables of ebtables-legacy (needs root)",
            PacketWalk.Explain(node with { Ebtables = Part.Unreadable<IReadOnlyList<EbtablesChain>>("needs root") }, WalkNodes.To("192.0.2.1", 80)).Unread);
    }

    [Fact]
    public void A_file_from_before_ebtables_and_IPsec_were_read_says_so_where_it_matters()
    {
        NodeSnapshot node = (With() with
        {
            Ebtables = Part.Absent<IReadOnlyList<EbtablesChain>>(NodeSnapshot.WrittenBefore),
            Ipsec = Part.Absent<IpsecState>(NodeSnapshot.WrittenBefore),
        }).WithPorts();
        const string Ipsec = $"whether policies of IPsec are of the packet is not known: {NodeSnapshot.WrittenBefore}";
        Assert.Equal(
            [$"whether rules of ebtables-legacy see the packet is not known: {NodeSnapshot.WrittenBefore}", Ipsec],
            PacketWalk.Explain(node, WalkNodes.To("10.1.0.3", 80) with { Interface = "eth0" }).Notes.Where(static note => note.Contains("not known", StringComparison.Ordinal)));
        Assert.Equal(
            [Ipsec],
            PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 80) with { Interface = "eth0" }).Notes.Where(static note => note.Contains("not known", StringComparison.Ordinal)));
    }
}
