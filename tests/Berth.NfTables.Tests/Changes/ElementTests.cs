using System.Globalization;
using Berth.Netlink;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Changes;

public sealed class ElementTests : KernelTests
{
    private const int Many = 20_000;

    private static readonly Set Ports = new(
        NfFamily.Ip, "berth", "ports", DataType.Concatenate(DataType.InetProtocol, DataType.InetService))
    {
        Flags = SetFlags.Map,
        ValueType = DataType.Concatenate(DataType.Ipv4Address, DataType.InetService),
    };

    [Fact]
    public void Twenty_thousand_elements_are_added_in_one_transaction_read_and_deleted()
    {
        Element[] elements = [.. Enumerable.Range(1, Many).Select(port => Mapping(port))];
        Commit(changes =>
        {
            changes.Add(new Table(NfFamily.Ip, "berth"));
            changes.Add(Ports);
            changes.Create(Ports, elements);
        });
        IReadOnlyList<Element> read = Connection.Elements(Ports);
        Assert.Equal(Many, read.Count);
        Assert.Equal(elements.ToHashSet(), read.ToHashSet());

        Commit(changes => changes.Delete(Ports, elements[..^1]));
        Assert.Equal([elements[^1]], Connection.Elements(Ports));

        Commit(changes => changes.Flush(Ports));
        Assert.Empty(Connection.Elements(Ports));
    }

    [Fact]
    public void Nothing_is_missed_or_repeated_while_the_kernel_still_enlarges_the_hash()
    {
        Commit(changes => changes.Add(new Table(NfFamily.Ip, "berth")));
        for (int i = 0; i < 10; i++)
        {
            Commit(changes =>
            {
                changes.Add(Ports);
                changes.Create(Ports, [.. Enumerable.Range(1, 5_000).Select(port => Mapping(port))]);
            });
            Assert.Equal(5_000, Connection.Elements(Ports).Select(element => element.Key).Distinct().Count());
            Commit(changes => changes.Delete(Ports));
        }
    }

    [Fact]
    public void An_existing_key_is_refused_with_its_place_and_nothing_is_done()
    {
        AddPorts(Mapping(80));
        Generation before = Connection.Generation();
        Transaction again = new();
        again.Create(Ports, [Mapping(79), Mapping(80, "other")]);
        NetlinkErrorException error = Assert.Throws<NetlinkErrorException>(() => Connection.Commit(again));
        Assert.Equal(Errno.Exists, error.Errno);
        Assert.Contains("create elements of ip berth ports", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("(at NFTA_SET_ELEM_LIST_ELEMENTS/NFTA_LIST_ELEM[1])", error.Message, StringComparison.Ordinal);
        Assert.Equal([Mapping(80)], Connection.Elements(Ports));
        Assert.Equal(before.Id, Connection.Generation().Id);
    }

    [Fact]
    public void A_missing_key_is_refused_with_its_place_and_nothing_is_done()
    {
        AddPorts(Mapping(80));
        Transaction changes = new();
        changes.Delete(Ports, [Mapping(80), Mapping(81)]);
        NetlinkErrorException error = Assert.Throws<NetlinkErrorException>(() => Connection.Commit(changes));
        Assert.Equal(Errno.NoEntry, error.Errno);
        Assert.Contains("delete elements of ip berth ports", error.Message, StringComparison.Ordinal);
        Assert.Contains("NFTA_LIST_ELEM[1]", error.Message, StringComparison.Ordinal);
        Assert.Single(Connection.Elements(Ports));
    }

    [Fact]
    public void A_key_is_replaced_by_deleting_and_creating_it_in_one_transaction()
    {
        AddPorts(Mapping(80));
        Commit(changes =>
        {
            changes.Delete(Ports, [Mapping(80)]);
            changes.Create(Ports, [Mapping(80, "new owner")]);
        });
        Assert.Equal("new owner", Assert.Single(Connection.Elements(Ports)).Comment);
    }

    [Fact]
    public void No_elements_are_no_change()
    {
        Transaction changes = new();
        changes.Create(Ports, []);
        Assert.True(changes.IsEmpty);
        Assert.True(Connection.Commit(changes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(UserData.MaxCommentLength)]
    public void A_comment_of_up_to_128_bytes_is_kept(int length)
    {
        string comment = new('c', length);
        AddPorts(Mapping(80, comment));
        Assert.Equal(comment, Assert.Single(Connection.Elements(Ports)).Comment);
        Nft.List(NfFamily.Ip, "berth");
    }

    [Fact]
    public void A_comment_of_129_bytes_is_refused_before_anything_is_sent()
    {
        AddPorts(Mapping(80));
        Generation before = Connection.Generation();
        Transaction changes = new();
        changes.Create(Ports, [Mapping(81, new string('c', UserData.MaxCommentLength + 1))]);
        Assert.Throws<ArgumentException>(() => Connection.Commit(changes));
        Assert.Equal(before.Id, Connection.Generation().Id);
        Assert.Single(Connection.Elements(Ports));
    }

    [Fact]
    public void A_range_is_found_by_any_key_within()
    {
        Set ranges = new(NfFamily.Ip, "berth", "ranges", Ports.KeyType)
        {
            Flags = SetFlags.Map | SetFlags.Interval | SetFlags.Concatenation,
            ValueType = DataType.Ipv4Address,
            FieldLengths = [1, 2],
        };
        Element range = new(Key(8000)) { KeyEnd = Key(8999), Value = DataValue.FromBytes([10, 1, 0, 2]), Comment = "owner" };
        Commit(changes =>
        {
            changes.Add(new Table(NfFamily.Ip, "berth"));
            changes.Add(ranges);
            changes.Create(ranges, [range]);
        });
        Query query = new();
        Answer<Element> within = query.Element(ranges, Key(8500));
        Answer<Element> outside = query.Element(ranges, Key(9000));
        Connection.Ask(query);
        Assert.Equal(range, within.Value);
        Assert.Null(outside.Value);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("128.0.0.0/1")]
    [InlineData("10.0.0.0/8, 224.0.0.0/3")]
    public void An_interval_up_to_the_last_address_is_read(string elements)
    {
        Nft.Run($"add table ip berth; add set ip berth every {{ type ipv4_addr; flags interval; elements = {{ {elements} }}; }}");

        Set set = Assert.Single(Connection.Sets(NfFamily.Ip, "berth"));

        Assert.Equal(
            elements.Split(", ").Select(element => element.Split('/')[0]).Order(),
            Connection.Elements(set).Where(element => !element.IsIntervalEnd).Select(element => element.Key.ToAddress().ToString()).Order());
    }

    private void AddPorts(params Element[] elements) => Commit(changes =>
    {
        changes.Add(new Table(NfFamily.Ip, "berth"));
        changes.Add(Ports);
        changes.Create(Ports, elements);
    });

    private static DataValue Key(int port) =>
        DataValue.Concatenate(DataValue.FromByte(6), DataValue.FromPort((ushort)port));

    private static Element Mapping(int port, string? comment = null) => new(Key(port))
    {
        Value = DataValue.Concatenate(DataValue.FromBytes([10, 1, 0, 2]), DataValue.FromPort((ushort)port)),
        Comment = comment ?? port.ToString(CultureInfo.InvariantCulture).PadRight(100, '.'),
    };
}
