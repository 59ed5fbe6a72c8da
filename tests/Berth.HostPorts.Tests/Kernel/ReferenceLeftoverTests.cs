using System.Diagnostics;
using System.Net;
using System.Text;
using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>What the reference plugin's nftables backend left: how it is looked for, read and removed.</summary>
public class ReferenceLeftoverTests : KernelTests
{
    // As portmap 1.9.1 makes it; in some versions mappings with a hostIP stand in a chain of their own.
    private const string Frame = """
        table ip cni_hostport {
            chain hostports { }
            chain hostip_hostports { }
            chain masquerading { type nat hook postrouting priority srcnat; }
        }
        table ip6 cni_hostport {
            chain hostports { }
            chain hostip_hostports { }
            chain masquerading { type nat hook postrouting priority srcnat; }
        }
        """;

    [Fact]
    public void Its_rules_are_understood()
    {
        Tool.Nft($$"""
            {{Frame}}
            add rule ip cni_hostport hostports tcp dport 8080 dnat to 10.1.0.9:80 comment "one"
            add rule ip cni_hostport hostports ip daddr 192.0.2.1 udp dport 53 dnat to 10.1.0.9:5353 comment "one"
            add rule ip cni_hostport hostip_hostports ip daddr 192.0.2.2 sctp dport 9 dnat to 10.1.0.9:10 comment "two"
            add rule ip cni_hostport masquerading ip saddr 127.0.0.1 ip daddr 10.1.0.9 masquerade comment "one"
            add rule ip cni_hostport hostports jump hostip_hostports
            add rule ip6 cni_hostport hostports ip6 daddr 2001:db8::1 tcp dport 8080 dnat to [fd00:1::9]:80 comment "one"
            add rule ip6 cni_hostport masquerading ip6 saddr fd00:1::9 ip6 daddr fd00:1::9 masquerade comment "one"
            """);

        Assert.Equal(
            [
                "two MappingElement { HostAddress = 192.0.2.2, Protocol = 132, HostPort = 9, Pod = 10.1.0.9, ContainerPort = 10 }",
                "one MappingElement { HostAddress = , Protocol = 6, HostPort = 8080, Pod = 10.1.0.9, ContainerPort = 80 }",
                "one MappingElement { HostAddress = 192.0.2.1, Protocol = 17, HostPort = 53, Pod = 10.1.0.9, ContainerPort = 5353 }",
                "one 10.1.0.9",
            ],
            Read(NfFamily.Ip));
        Assert.Equal(
            [
                "one MappingElement { HostAddress = 2001:db8::1, Protocol = 6, HostPort = 8080, Pod = fd00:1::9, ContainerPort = 80 }",
                "one fd00:1::9",
            ],
            Read(NfFamily.Ip6));
    }

    [Fact]
    public void A_rule_that_is_not_understood_is_no_port_s_and_goes_with_its_container()
    {
        Tool.Nft($$"""
            {{Frame}}
            add rule ip cni_hostport hostports tcp dport { 8080, 8081 } dnat to 10.1.0.9:80 comment "c2"
            add rule ip cni_hostport hostports tcp dport 8080 counter accept comment "c2"
            """);

        Backend.Add(Pod(1), Ports(8080));
        Assert.Equal(2, Rules(NfFamily.Ip));

        Backend.Delete(Pod(2), Ports(8080));
        Assert.Equal(0, Rules(NfFamily.Ip));
    }

    [Fact]
    public void Taking_a_port_over_and_making_the_mapping_is_one_change_of_the_ruleset_in_both_families()
    {
        Backend.Add(Pod(3), Ports(9999));
        Tool.Nft($$"""
            {{Frame}}
            add rule ip cni_hostport hostports tcp dport 8080 dnat to 10.1.0.9:80 comment "c8"
            add rule ip6 cni_hostport hostports tcp dport 8080 dnat to [fd00:1::9]:80 comment "c8"
            """);
        Generation before = Connection.Generation();

        Backend.Add(Pod(1), Ports(8080));

        Assert.Equal(before.Id + 1, Connection.Generation().Id);
        Assert.Equal(0, Rules(NfFamily.Ip) + Rules(NfFamily.Ip6));
        Backend.Check(Pod(1), Ports(8080));
    }

    [Fact]
    public void An_ADD_that_cannot_be_done_takes_nothing_over()
    {
        Tool.Nft($$"""
            {{Frame}}
            add rule ip cni_hostport hostports tcp dport 8080 dnat to 10.1.0.9:80 comment "c8"
            """);
        Backend.Add(Pod(2), Ports(8081));

        Assert.Throws<HostPortException>(() => Backend.Add(
            Pod(1), Ports(8080, 8081) with { OnConflict = HostPorts.Configuration.ConflictRule.Fail }));

        Assert.Equal(1, Rules(NfFamily.Ip));
    }

    [Fact]
    public void Whether_there_is_such_a_table_is_asked_once_in_a_send_that_is_made_anyway()
    {
        Backend.Add(Pod(3), Ports(9999));
        foreach (Action<NfTablesConnection, PodLinks> verb in (Action<NfTablesConnection, PodLinks>[])
            [(connection, node) => new AddOperation(connection, node, Pod(1), Ports(8080)).Run(),
             (connection, node) => new DeleteOperation(connection, node, Pod(1), Ports(8080)).Run()])
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
            SendRecorder recorder = new(socket);
            using NfTablesConnection connection = new(new NetlinkConnection(recorder));
            using PodLinks node = new();

            verb(connection, node);

            string asking = Assert.Single(recorder.Sent, static sent => sent.Contains(ReferenceTable.Name, StringComparison.Ordinal));
            Assert.Contains(TableSets.TableName, asking, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Looking_for_leftovers_where_there_are_none_takes_microseconds()
    {
        const int Rounds = 2000;
        BerthTable table = new(NfFamily.Ip);
        List<double> without = [];
        List<double> with = [];
        for (int round = 0; round < Rounds; round++)
        {
            without.Add(Microseconds(false));
            with.Add(Microseconds(true));
        }

        double difference = Median(with) - Median(without);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"asking for the reference's two tables in a send that is made anyway: {difference:0.0} microseconds"
            + $" (median of {Rounds}: {Median(with):0.0} with, {Median(without):0.0} without)"));
        Assert.InRange(difference, double.NegativeInfinity, 500);

        double Microseconds(bool isAsking)
        {
            SchemaState schema = new(table, null);
            Query first = new();
            schema.AskTable(first);
            Connection.Ask(first);
            Query query = new();
            schema.AskContents(query, chains: true);
            if (isAsking)
            {
                new ReferenceTable(NfFamily.Ip).Ask(query);
                new ReferenceTable(NfFamily.Ip6).Ask(query);
            }

            long start = Stopwatch.GetTimestamp();
            Connection.Ask(query);
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private string[] Read(NfFamily family) =>
        [.. Ask(family).All(Connection).Select(static rule => $"{rule.Container} {(object?)rule.Mapping ?? rule.Pod}")];

    private int Rules(NfFamily family) => Ask(family).All(Connection).Count;

    private ReferenceTable Ask(NfFamily family)
    {
        ReferenceTable table = new(family);
        Query query = new();
        table.Ask(query);
        Connection.Ask(query);
        return table;
    }

    /// <summary>A socket that keeps what it sends, as text.</summary>
    private sealed class SendRecorder(NetlinkSocket socket) : INetlinkTransport
    {
        internal List<string> Sent { get; } = [];

        public void Send(ReadOnlySpan<byte> datagram)
        {
            Sent.Add(Encoding.Latin1.GetString(datagram));
            socket.Send(datagram);
        }

        public int Receive(Span<byte> buffer, bool wait) => socket.Receive(buffer, wait);

        public void Reserve(int send, int receive) => socket.Reserve(send, receive);

        public void Dispose() => socket.Dispose();
    }
}
