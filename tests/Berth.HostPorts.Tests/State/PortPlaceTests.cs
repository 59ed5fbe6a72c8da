using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.State;

public class PortPlaceTests
{
    private const int Long = PortPlace.ShortestRange;

    [Fact]
    public void A_long_run_of_equal_ports_is_one_place_and_a_shorter_one_is_a_place_each()
    {
        Assert.Equal(["20000-20127"], Places(Run(20000, Long)));
        Assert.Equal(Long - 1, Places(Run(20000, Long - 1)).Count);
        Assert.Equal(["20000-20127"], Places([Range(20000, 20127)]));
        Assert.Equal(["20000", "20001"], Places([Range(20000, 20001)]));
    }

    [Fact]
    public void Order_and_overlap_do_not_matter()
    {
        Assert.Equal(["20000-20299"], Places([.. Run(20000, 300).Reverse()]));
        Assert.Equal(["20000-20299"], Places([Range(20000, 20199), Range(20100, 20299)]));
        Assert.Equal(["20000-20200"], Places([Range(20000, 20100), .. Run(20101, 100)]));
        Assert.Equal(["20000", "20001", "20002"], Places([Range(20000, 20001), Range(20001, 20002)]));
    }

    [Fact]
    public void What_differs_in_protocol_address_or_target_is_no_run()
    {
        Assert.Equal(
            ["20000-20127", "20000-20127"],
            Places([Range(20000, 20127), Range(20000, 20127) with { Protocol = TransportProtocol.Udp }]));
        Assert.Equal(
            ["20000-20127", "192.0.2.1 20000-20127"],
            Places([Range(20000, 20127), Range(20000, 20127) with { HostIP = IPAddress.Parse("192.0.2.1") }]));
        Assert.Equal(
            ["20000-20127", "20128 to 80", "20129-20256"],
            Places([Range(20000, 20127), new(20128, 80, TransportProtocol.Tcp, null), Range(20129, 20256)]));
    }

    [Fact]
    public void The_node_as_a_whole_is_one_address_however_it_is_written() => Assert.Equal(
        ["20000-20199"],
        Places([Range(20000, 20099), Range(20100, 20199) with { HostIP = IPAddress.Any }]));

    [Fact]
    public void Whatever_the_mappings_each_port_has_one_place_with_its_target() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Arb.From(Gen.ListOf(AnyMapping)), mappings =>
        {
            MappingList list = new();
            foreach (PortMapping mapping in mappings.SelectMany(static mapping => mapping.Parts()))
            {
                if (list.FindConflict(mapping) is null)
                {
                    list.Add(mapping, 0);
                }
            }

            BerthTable table = new(NfFamily.Ip);
            var expected = list.Mappings.Where(static mapping => mapping.HostIP?.ToString() is not "::")
                .SelectMany(static mapping => mapping.Singles())
                .Select(static mapping => (Host: HostOf(mapping), (byte)mapping.Protocol, mapping.HostPort, mapping.ContainerPort))
                .ToHashSet();
            var actual = PortPlace.Of(table, null, list.Mappings)
                .SelectMany(static place => Enumerable.Range(place.Ports.First, place.Ports.Count).Select(port => (
                    Host: place.Lane.Host, place.Lane.Protocol, (ushort)port, place.ContainerPort ?? (ushort)port)))
                .ToList();
            return expected.SetEquals(actual) && actual.Count == expected.Count;
        }));

    private static Gen<PortMapping> AnyMapping { get; } =
        from first in Gen.Choose(1000, 1400)
        from count in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(2, 300)))
        from shift in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from protocol in Gen.Elements(TransportProtocol.Tcp, TransportProtocol.Udp)
        from host in Gen.Elements(null, "0.0.0.0", "::", "192.0.2.1")
        select new PortMapping(
            (ushort)first, (ushort)(first + shift), protocol, host is null ? null : IPAddress.Parse(host))
        {
            HostPortEnd = (ushort)(first + count - 1),
        };

    private static IPAddress? HostOf(PortMapping mapping) =>
        mapping.HostIP is null || mapping.HostIP.Equals(IPAddress.Any) ? null : mapping.HostIP;

    private static PortMapping Range(ushort first, ushort last) =>
        new(first, first, TransportProtocol.Tcp, null) { HostPortEnd = last };

    private static IEnumerable<PortMapping> Run(int first, int count) => Enumerable.Range(first, count)
        .Select(static port => new PortMapping((ushort)port, (ushort)port, TransportProtocol.Tcp, null));

    private static List<string> Places(IEnumerable<PortMapping> mappings) =>
    [
        .. PortPlace.Of(new BerthTable(NfFamily.Ip), null, [.. mappings]).Select(static place =>
            (place.Lane.Host is null ? "" : $"{place.Lane.Host} ") + place.Ports
            + (place.ContainerPort is ushort port && port != place.Ports.First ? $" to {port}" : "")),
    ];
}
