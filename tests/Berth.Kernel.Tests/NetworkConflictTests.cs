using System.Net;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// Who has a port when the networks concerned have conditions or exclusions, or had some: the newest owner wins, and
/// <c>onConflict</c> refuses, wherever both claim the same packets by the same right. Under different conditions both stand.
/// </summary>
public sealed class NetworkConflictTests
{
    private static readonly IPAddress Anybody = Plan.Outside(Family.IPv4);
    private static readonly IPAddress Welcome = Plan.OutsideSecond(Family.IPv4);

    /// <summary>What a network's configuration has.</summary>
    public enum Has
    {
        Nothing,
        Exclusions,
        Conditions,
        ConditionsAndExclusions,
        OtherConditions,
    }

    public enum Ports
    {
        Single,
        AtAddress,
        Range,
        WithinRange,
        AroundSingle,
    }

    public enum Stack
    {
        IPv4,
        Dual,
    }

    /// <summary>Whether both are one network's, what it has when each is added, and which ports.</summary>
    public static TheoryData<bool, Has, Has, Ports, Stack> Conflicting { get; } = MakeConflicting();

    public static TheoryData<Has, Has, Ports> SideBySide { get; } = new()
    {
        { Has.Conditions, Has.Nothing, Ports.Single },
        { Has.Nothing, Has.Conditions, Ports.Single },
        { Has.Conditions, Has.Exclusions, Ports.Single },
        { Has.Exclusions, Has.ConditionsAndExclusions, Ports.Single },
        { Has.Conditions, Has.OtherConditions, Ports.Single },
        { Has.OtherConditions, Has.Conditions, Ports.Single },
        { Has.Conditions, Has.Nothing, Ports.WithinRange },
        { Has.Nothing, Has.Conditions, Ports.Range },
        { Has.Conditions, Has.OtherConditions, Ports.AtAddress },
    };

    [Theory]
    [MemberData(nameof(Conflicting))]
    public void The_newest_owner_wins_and_the_port_goes_back_when_it_leaves(
        bool isOneNetwork, Has had, Has has, Ports ports, Stack stack)
    {
        using Node node = new();
        (Attachment old, Attachment young) = Pair(node, isOneNetwork, had, has, stack);
        (PortMapping oldPorts, PortMapping youngPorts) = Mappings(ports);
        old.Add(oldPorts).Succeeded();
        AssertAnswers(node, "old", stack);

        young.Add(youngPorts).Succeeded();

        AssertAnswers(node, "young", stack);
        Assert.Contains("young", old.Check(oldPorts).Failed().ErrorText, StringComparison.Ordinal);
        young.Check(youngPorts).Succeeded();

        young.Del(youngPorts).Succeeded();

        AssertAnswers(node, "old", stack);
        old.Check(oldPorts).Succeeded();
        old.Del(oldPorts).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Conflicting))]
    public void A_late_DEL_or_GC_of_the_older_one_leaves_the_newer_one(
        bool isOneNetwork, Has had, Has has, Ports ports, Stack stack)
    {
        using Node node = new();
        (Attachment old, Attachment young) = Pair(node, isOneNetwork, had, has, stack);
        (PortMapping oldPorts, PortMapping youngPorts) = Mappings(ports);
        old.Add(oldPorts).Succeeded();
        young.Add(youngPorts).Succeeded();

        if (ports == Ports.Single)
        {
            old.Gc(isOneNetwork ? [young] : []).Succeeded();
        }
        else
        {
            old.Del(oldPorts).Succeeded();
        }

        AssertAnswers(node, "young", stack);
        young.Check(youngPorts).Succeeded();
        young.Gc().Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Conflicting))]
    public void With_fail_the_newer_one_is_refused_naming_the_holder_and_nothing_is_changed(
        bool isOneNetwork, Has had, Has has, Ports ports, Stack stack)
    {
        using Node node = new();
        (Attachment old, Attachment young) = Pair(node, isOneNetwork, had, has, stack);
        (PortMapping oldPorts, PortMapping youngPorts) = Mappings(ports);
        old.Add(oldPorts).Succeeded();
        string before = node.Nft("-a", "list", "ruleset");

        string error = young.With("onConflict", "\"fail\"").Add(youngPorts).Failed().ErrorText;

        Assert.Contains("is taken by old", error, StringComparison.Ordinal);
        Assert.Equal(before, node.Nft("-a", "list", "ruleset"));
        AssertAnswers(node, "old", stack);
    }

    [Theory]
    [MemberData(nameof(SideBySide))]
    public void Under_different_conditions_both_stand(Has first, Has second, Ports ports)
    {
        using Node node = new();
        (Attachment one, Attachment other) = Pair(node, isOneNetwork: false, first, second, Stack.Dual);
        (PortMapping onePorts, PortMapping otherPorts) = Mappings(ports);
        one.Add(onePorts).Succeeded();

        other.With("onConflict", "\"fail\"").Add(otherPorts).Succeeded();

        one.Check(onePorts).Succeeded();
        other.Check(otherPorts).Succeeded();
        Assert.Equal(Narrow(first) ? "old" : "young", Ask(node, Family.IPv4, Welcome).By);
        Assert.Equal(Narrow(first) ? "young" : "old", Ask(node, Family.IPv4, Anybody).By);

        other.Del(otherPorts).Succeeded();

        one.Check(onePorts).Succeeded();
        Assert.Equal("old", Ask(node, Family.IPv4, Narrow(first) ? Welcome : Anybody).By);
        one.Del(onePorts).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));

        static bool Narrow(Has has) => has is Has.Conditions or Has.ConditionsAndExclusions;
    }

    [Theory]
    [InlineData(Has.Nothing, Has.Exclusions)]
    [InlineData(Has.Exclusions, Has.Nothing)]
    [InlineData(Has.Exclusions, Has.Exclusions)]
    public void A_repeated_ADD_of_the_loser_is_the_newest(Has had, Has has)
    {
        using Node node = new();
        (Attachment old, Attachment young) = Pair(node, isOneNetwork: false, had, has, Stack.Dual);
        PortMapping web = new(8080, 80);
        old.Add(web).Succeeded();
        young.Add(web).Succeeded();

        old.Add(web).Succeeded();

        AssertAnswers(node, "old", Stack.Dual);
        old.Check(web).Succeeded();
        young.Check(web).Failed();
        young.Del(web).Succeeded();
        AssertAnswers(node, "old", Stack.Dual);
        old.Del(web).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [InlineData(Has.Nothing, Has.Conditions)]
    [InlineData(Has.Conditions, Has.Nothing)]
    public void A_pod_whose_network_changes_moves_and_leaves_the_port_to_whom_it_is_no_longer_in_the_way_of(Has had, Has has)
    {
        using Node node = new();
        Attachment old = AddServing(node, "old") with { Network = "firstnet" };
        Attachment moving = AddServing(node, "moving") with { Network = "secondnet" };
        PortMapping web = new(8080, 80);
        With(old, had).Add(web).Succeeded();
        With(moving, had).Add(web).Succeeded();
        Assert.Equal("moving", Ask(node, Family.IPv4, Welcome).By);

        With(moving, has).Add(web).Succeeded();

        Assert.Equal(had == Has.Conditions ? "old" : "moving", Ask(node, Family.IPv4, Welcome).By);
        Assert.Equal(had == Has.Conditions ? "moving" : "old", Ask(node, Family.IPv4, Anybody).By);
    }

    private static TheoryData<bool, Has, Has, Ports, Stack> MakeConflicting()
    {
        (bool IsOneNetwork, Has Had, Has Has)[] pairs =
        [
            (true, Has.Exclusions, Has.Nothing), (true, Has.Nothing, Has.Exclusions),
            (true, Has.Conditions, Has.Nothing), (true, Has.Nothing, Has.Conditions),
            (false, Has.Exclusions, Has.Exclusions), (false, Has.Exclusions, Has.Nothing), (false, Has.Nothing, Has.Exclusions),
            (false, Has.Conditions, Has.Conditions), (false, Has.Conditions, Has.ConditionsAndExclusions),
        ];
        TheoryData<bool, Has, Has, Ports, Stack> data = [];
        foreach ((bool isOneNetwork, Has had, Has has) in pairs)
        {
            data.Add(isOneNetwork, had, has, Ports.Single, Stack.IPv4);
        }

        foreach (Ports ports in new[] { Ports.Single, Ports.AtAddress, Ports.Range, Ports.WithinRange, Ports.AroundSingle })
        {
            Stack stack = ports == Ports.AtAddress ? Stack.IPv4 : Stack.Dual;
            data.Add(true, Has.Exclusions, Has.Nothing, ports, stack);
            data.Add(false, Has.Nothing, Has.Exclusions, ports, stack);
            data.Add(false, Has.Conditions, Has.ConditionsAndExclusions, ports, Stack.IPv4);
        }

        return data;
    }

    // Both lead port 8080 to where the pod serves.
    private static (PortMapping Old, PortMapping Young) Mappings(Ports ports)
    {
        PortMapping single = new(8080, 80);
        PortMapping at = single with { HostIP = "192.0.2.1" };
        PortMapping range = PortMapping.Range(Transport.Tcp, 8000, 8199);
        return ports switch
        {
            Ports.Single => (single, single),
            Ports.AtAddress => (at, at),
            Ports.Range => (range, PortMapping.Range(Transport.Tcp, 8050, 8249)),
            Ports.WithinRange => (range, single),
            _ => (single, range),
        };
    }

    private static (Attachment Old, Attachment Young) Pair(Node node, bool isOneNetwork, Has had, Has has, Stack stack)
    {
        Attachment old = AddServing(node, "old") with { Network = "firstnet" };
        Attachment young = AddServing(node, "young") with { Network = isOneNetwork ? "firstnet" : "secondnet" };
        return (With(Of(old), had), With(Of(young), has));

        Attachment Of(Attachment attachment) => stack == Stack.IPv4 ? attachment with { IPv6 = null } : attachment;
    }

    private static Attachment AddServing(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        pod.Serve(8080);
        return pod.Attachment with { Args = $"IgnoreUnknown=1;K8S_POD_NAMESPACE={name};K8S_POD_NAME={name}" };
    }

    private static Attachment With(Attachment attachment, Has has)
    {
        if (has is Has.Exclusions or Has.ConditionsAndExclusions)
        {
            attachment = attachment.With("excludeDestinations", """["203.0.113.0/24", "2001:db8:ffff::/48"]""");
        }

        return has switch
        {
            Has.Conditions or Has.ConditionsAndExclusions => attachment
                .With("conditionsV4", """["ip", "saddr", "!=", "192.0.2.0/24"]""")
                .With("conditionsV6", """["ip6", "saddr", "!=", "2001:db8:1::/64"]"""),
            Has.OtherConditions => attachment
                .With("conditionsV4", """["ip", "saddr", "192.0.2.0/24"]""")
                .With("conditionsV6", """["ip6", "saddr", "2001:db8:1::/64"]"""),
            _ => attachment,
        };
    }

    // From where every condition of these holds.
    private static void AssertAnswers(Node node, string name, Stack stack)
    {
        Assert.Equal(name, Ask(node, Family.IPv4, Welcome).By);
        if (stack == Stack.Dual)
        {
            Assert.Equal(name, Ask(node, Family.IPv6, Plan.OutsideSecond(Family.IPv6)).By);
        }
    }

    private static Answer Ask(Node node, Family family, IPAddress from) =>
        node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: from);
}
