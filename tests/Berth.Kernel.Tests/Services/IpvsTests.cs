using System.Net;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>kube-proxy's IPVS mode with the kernel's own IPVS: a Service and a pod's host ports have the same numbers, and the
/// Service always answers where it is asked for.</summary>
[Trait("kernel", "any")]
public sealed class IpvsTests
{
    private static readonly PortMapping Port = new(KubeService.Port, KubeService.Port);
    private static readonly PortMapping NodePort = new(KubeService.NodePort, KubeService.Port);
    private static readonly PortMapping Another = new(8080, KubeService.Port);

    public enum Verb
    {
        AddOfAnotherPod,
        Check,
        DelOfAnotherPod,
        Gc,
    }

    public static TheoryData<Verb> Verbs { get; } = [.. Enum.GetValues<Verb>()];

    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void The_Service_answers_wherever_it_is_asked_for_whoever_came_first(Family family, bool serviceFirst)
    {
        using Node node = new();
        KubeIpvs ipvs = new(node);
        (Pod mine, KubeService service) = AddPods(node, family);
        if (serviceFirst)
        {
            ipvs.Add(service);
            mine.Attachment.Add(Port, NodePort).Succeeded();
        }
        else
        {
            mine.Attachment.Add(Port, NodePort).Succeeded();
            ipvs.Add(service);
            mine.Attachment.Check(Port, NodePort).Succeeded();
        }

        Assert.Equal(service.AllAnsweredBy("theirs"), service.Answers(node));

        // The host ports are there all the same, where no Service is.
        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.Node(family), KubeService.Port).By);
        Assert.Equal("mine", node.Ask(Transport.Tcp, Plan.Node(family), KubeService.Port).By);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_next_call_of_any_verb_follows_a_NodePort(Verb verb)
    {
        using Node node = new();
        KubeIpvs ipvs = new(node);
        (Pod mine, KubeService v4) = AddPods(node, Family.IPv4);
        KubeService v6 = v4 with { Family = Family.IPv6 };
        Pod other = node.AddPod("other");
        mine.Attachment.Add(NodePort).Succeeded();
        other.Attachment.Add(Another).Succeeded();
        ipvs.Add(v4);
        ipvs.Add(v6);

        Call(verb, mine.Attachment, other.Attachment);
        Assert.Equal(("theirs", "theirs"), (AskNodePort(node, Family.IPv4), AskNodePort(node, Family.IPv6)));

        other.Attachment.Add(Another).Succeeded();
        ipvs.Remove(v4);
        ipvs.Remove(v6);
        Assert.Equal(Answer.Refused.By, AskNodePort(node, Family.IPv4));

        Call(verb, mine.Attachment, other.Attachment);
        Assert.Equal(("mine", "mine"), (AskNodePort(node, Family.IPv4), AskNodePort(node, Family.IPv6)));
        Assert.DoesNotContain("set ip berth services_at", Tables.SetsWithElements(node));
    }

    [Fact]
    public void A_virtual_service_takes_one_port_of_one_address_and_protocol()
    {
        using Node node = new();
        KubeIpvs ipvs = new(node);
        (Pod mine, _) = AddPods(node, Family.IPv4);
        ipvs.Ipvsadm("-A", "-u", $"{Plan.Node(Family.IPv4)}:{KubeService.Port}", "-s", "rr");
        mine.Attachment.Add(Port, Port with { Protocol = "udp" }).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), KubeService.Port));
        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), KubeService.Port).By);
        Assert.Equal("mine", node.Outside.Ask(Transport.Udp, Plan.NodeSecond(Family.IPv4), KubeService.Port).By);
    }

    [Fact]
    public void One_on_every_port_takes_its_address_and_one_of_a_firewall_mark_takes_none()
    {
        using Node node = new();
        KubeIpvs ipvs = new(node);
        (Pod mine, KubeService service) = AddPods(node, Family.IPv4);
        string everyPort = $"{Plan.NodeSecond(Family.IPv4)}:0";
        ipvs.Ipvsadm("-A", "-f", "7", "-s", "rr");
        ipvs.Ipvsadm("-A", "-t", everyPort, "-s", "rr", "-p", "300");
        ipvs.Ipvsadm("-a", "-t", everyPort, "-r", $"{service.Backend.Address(Family.IPv4)}", "-m");
        mine.Attachment.Add(Port).Succeeded();

        Assert.Equal("theirs", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), KubeService.Port).By);
        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), KubeService.Port).By);

        ipvs.Ipvsadm("-C");
        mine.Attachment.Check(Port).Succeeded();
        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), KubeService.Port).By);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_reference_plugin_takes_the_Services_traffic(bool serviceFirst)
    {
        using Node node = new();
        KubeIpvs ipvs = new(node);
        (Pod mine, KubeService service) = AddPods(node, Family.IPv4);
        Attachment reference = mine.Attachment with { Program = ReferencePortmap.Program };
        Action[] acts = [() => ipvs.Add(service), () => reference.Add(Port, NodePort).Succeeded()];
        foreach (Action act in serviceFirst ? acts : acts.Reverse())
        {
            act();
        }

        // The MySQL incident: from this node, the Service's address leads to the pod that merely has the same host port.
        Assert.Equal(service.AllAnsweredBy("mine"), service.Answers(node));
    }

    private static string AskNodePort(Node node, Family family) =>
        node.Outside.Ask(Transport.Tcp, Plan.Node(family), KubeService.NodePort).By;

    private static (Pod Mine, KubeService Service) AddPods(Node node, Family family)
    {
        Pod mine = node.AddPod("mine");
        Pod theirs = node.AddPod("theirs");
        mine.Serve(KubeService.Port);
        theirs.Serve(KubeService.Port);
        return (mine, new KubeService(theirs, family));
    }

    private static void Call(Verb verb, Attachment attachment, Attachment another)
    {
        PluginResult result = verb switch
        {
            Verb.AddOfAnotherPod => another.Add(Another),
            Verb.Check => attachment.Check(NodePort),
            Verb.DelOfAnotherPod => another.Del(Another),
            Verb.Gc => attachment.Gc(attachment, another),
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
        result.Succeeded();
    }
}
