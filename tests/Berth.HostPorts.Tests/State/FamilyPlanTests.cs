using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.HostPorts.Tests.Records;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.State;

public class FamilyPlanTests
{
    private static readonly IPAddress PodV4 = IPAddress.Parse("10.1.0.5");
    private static readonly IPAddress PodV6 = IPAddress.Parse("fd00::5");
    private static readonly AttachmentId Id = new("podnet", "c1", "eth0");

    [Theory]
    [InlineData(null, "hostports 8080", "hostports 8080")]
    [InlineData("0.0.0.0", "hostports 8080", null)]
    [InlineData("::", null, "hostports 8080")]
    [InlineData("192.0.2.1", "hostports_at 192.0.2.1 8080", null)]
    [InlineData("2001:db8::1", null, "hostports_at 2001:db8::1 8080")]
    public void A_mapping_goes_to_the_families_and_the_map_of_its_hostIP(string? hostIP, string? v4, string? v6)
    {
        HostPortConfiguration configuration = new() { Mappings = [Tcp(8080, hostIP)] };

        Assert.Equal(v4, Place(Make(NfFamily.Ip, configuration)));
        Assert.Equal(v6, Place(Make(NfFamily.Ip6, configuration)));
    }

    [Fact]
    public void A_family_in_which_the_pod_has_no_address_has_no_plan()
    {
        HostPortConfiguration configuration = new() { Mappings = [Tcp(8080, null)] };

        Assert.Null(FamilyPlan.Make(
            new BerthTable(NfFamily.Ip6), new Attachment(Id, new(PodV4, null), "c1"), configuration, static _ => "cni0"));
        Assert.Null(FamilyPlan.Make(
            new BerthTable(NfFamily.Ip), new Attachment(Id, new(null, PodV6), "c1"), configuration, static _ => "cni0"));
    }

    [Fact]
    public void The_record_counts_the_familys_own_mappings_and_names_the_link()
    {
        HostPortConfiguration configuration = new()
        {
            Mappings = [Tcp(1, null), Tcp(2, "0.0.0.0"), Tcp(3, "192.0.2.1"), Tcp(4, "::"), Tcp(5, "2001:db8::1")],
        };

        FamilyPlan v4 = Make(NfFamily.Ip, configuration)!;
        FamilyPlan v6 = Make(NfFamily.Ip6, configuration)!;

        Assert.Equal((3, PodV4, "cni0"), (v4.Record.Mappings, v4.Record.Pod, v4.Record.Link));
        Assert.Equal((3, PodV6, "cni0"), (v6.Record.Mappings, v6.Record.Pod, v6.Record.Link));
        Assert.Equal(3, v4.Ports.Count);
        Assert.Equal(3, v6.Ports.Count);
    }

    [Theory]
    [InlineData(true, false, "masqueraded hairpin")]
    [InlineData(true, true, "masqueraded masquerade_all hairpin")]
    [InlineData(false, false, "no_localhost")]
    [InlineData(false, true, "no_localhost")]
    public void Masquerading_is_as_the_network_says(bool snat, bool masqAll, string sets)
    {
        HostPortConfiguration configuration = new() { Snat = snat, MasqAll = masqAll, Mappings = [Tcp(8080, null)] };

        FamilyPlan v4 = Make(NfFamily.Ip, configuration)!;
        FamilyPlan v6 = Make(NfFamily.Ip6, configuration)!;

        Assert.Equal(sets, Wanted(v4));
        Assert.Equal(sets.Replace("no_localhost", "", StringComparison.Ordinal), Wanted(v6));
        Assert.Equal(snat ? "cni0" : null, v4.Record.Link);
        Assert.Equal(snat ? "cni0" : null, v6.Record.Link);
    }

    [Fact]
    public void What_another_policy_would_want_is_to_be_empty()
    {
        FamilyPlan plan = Make(NfFamily.Ip, new() { Snat = false, Mappings = [Tcp(8080, null)] })!;

        Assert.Equal(
            ["masqueraded", "masquerade_all", "hairpin"],
            plan.Policies.Where(static slot => slot.Wanted is null).Select(static slot => slot.Set.Name));
    }

    [Fact]
    public void Localhost_is_shut_only_for_ports_that_have_no_hostIP()
    {
        HostPortConfiguration configuration = new()
        {
            Snat = false,
            Mappings = [Tcp(1, null), Tcp(2, "0.0.0.0"), Tcp(3, "192.0.2.1"), Tcp(4, "::")],
        };

        FamilyPlan plan = Make(NfFamily.Ip, configuration)!;

        Assert.Equal(
            [1, 2],
            plan.Policies.Where(static slot => slot.Set.Name == "no_localhost")
                .Select(static slot => (int)slot.Key.Field(4, 2).ToPort()));
    }

    [Fact]
    public void A_network_with_conditions_keeps_its_mappings_apart_in_that_family_only()
    {
        HostPortConfiguration configuration = new()
        {
            ConditionsV4 = ["ip saddr 10.0.0.0/8"],
            Mappings = [Tcp(8080, null), Tcp(8081, "192.0.2.1")],
        };

        FamilyPlan v4 = Make(NfFamily.Ip, configuration)!;
        FamilyPlan v6 = Make(NfFamily.Ip6, configuration)!;

        string key = AttachmentId.NetworkKey("podnet").Replace('-', '.');
        Assert.Equal([$"hostports_{key}", $"hostports_at_{key}"], v4.Ports.Select(static slot => slot.Set.Name));
        Assert.NotNull(v4.Network);
        Assert.Equal("hostports 8080", Place(v6));
        Assert.Null(v6.Network);
    }

    [Fact]
    public void Every_element_names_its_owner()
    {
        FamilyPlan plan = Make(NfFamily.Ip, new() { Mappings = [Tcp(8080, null), Tcp(8081, "192.0.2.1")] })!;

        Assert.All(
            plan.Slots.Where(static slot => slot.Wanted is not null),
            static slot => Assert.Equal($"1 {Id.Owner} c1@podnet", slot.Wanted!.Comment));
        Assert.Equal(Id.Owner, plan.Record.Owner);
        Assert.Equal(AttachmentId.NetworkKey("podnet"), plan.Record.Network);
    }

    [Fact]
    public void No_plan_has_a_key_twice_and_every_mapping_is_in_a_plan() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Arb.From(Configurations), configuration =>
        {
            List<Slot>[] plans =
            [
                [.. Make(NfFamily.Ip, configuration)?.Slots ?? []],
                [.. Make(NfFamily.Ip6, configuration)?.Slots ?? []],
            ];
            int mappings = plans.Sum(static slots => slots.Count(static slot => slot.Set.ValueType is not null));
            return plans.All(static slots => slots.DistinctBy(static slot => (slot.Set.Name, slot.Key)).Count() == slots.Count)
                && mappings == configuration.Mappings.Sum(static mapping => mapping.HostIP is null ? 2 : 1);
        }));

    private static Gen<HostPortConfiguration> Configurations { get; } =
        from mappings in Gen.ListOf(
            from port in Gen.Choose(1, 9)
            from protocol in Gen.Elements(TransportProtocol.Tcp, TransportProtocol.Udp, TransportProtocol.Sctp)
            from host in Gen.Elements(null, "0.0.0.0", "::", "192.0.2.1", "2001:db8::1")
            select new PortMapping((ushort)port, 80, protocol, host is null ? null : IPAddress.Parse(host)))
        from snat in Gen.Elements(true, false)
        from all in Gen.Elements(true, false)
        select new HostPortConfiguration { Snat = snat, MasqAll = all, Mappings = Merged(mappings) };

    // As reading a configuration merges them.
    private static IReadOnlyList<PortMapping> Merged(IEnumerable<PortMapping> mappings)
    {
        MappingList list = new();
        int position = 0;
        foreach (PortMapping mapping in mappings)
        {
            list.Add(mapping, position++);
        }

        return list.Mappings;
    }

    private static PortMapping Tcp(ushort port, string? hostIP) =>
        new(port, 80, TransportProtocol.Tcp, hostIP is null ? null : IPAddress.Parse(hostIP));

    private static FamilyPlan? Make(NfFamily family, HostPortConfiguration configuration) => FamilyPlan.Make(
        new BerthTable(family), new Attachment(Id, new(PodV4, PodV6), "c1@podnet"), configuration, static _ => "cni0");

    private static string? Place(FamilyPlan? plan)
    {
        if (plan is null)
        {
            return null;
        }

        Slot slot = Assert.Single(plan.Ports);
        MappingElement mapping = MappingElement.From(plan.Table.Family, slot.Wanted!)!;
        Assert.Equal((plan.Record.Pod, 80), (mapping.Pod, mapping.ContainerPort));
        return mapping.HostAddress is null
            ? $"{slot.Set.Name} {mapping.HostPort}"
            : $"{slot.Set.Name} {mapping.HostAddress} {mapping.HostPort}";
    }

    private static string Wanted(FamilyPlan plan) => string.Join(
        ' ', plan.Policies.Where(static slot => slot.Wanted is not null).Select(static slot => slot.Set.Name));
}
