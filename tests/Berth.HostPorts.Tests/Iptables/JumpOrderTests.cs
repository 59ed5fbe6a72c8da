using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Tests.Iptables;

/// <summary>The order of jumps, in tables to which containers are added one after the other.</summary>
public sealed class JumpOrderTests
{
    private static readonly IPAddress?[] Hosts = [null, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")];

    [Fact]
    public void Each_port_of_each_address_is_that_of_the_newest_who_has_it_there_or_else_at_any()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        int impossible = 0;
        int moved = 0;
        for (int round = 0; round < 150; round++)
        {
            Table table = new();
            List<(string Name, List<PortMapping> Mappings)> containers = [];
            for (int i = 0; i < 8; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"c{i}");
                List<PortMapping> mappings = Mappings(random);
                HostPortConfiguration configuration = new() { Mappings = mappings, OnConflict = ConflictRule.Replace, CacheDirectory = "/nowhere" };
                string before = table.ToString();
                Addition addition = Addition.Make(table.Read(), Rules(name, configuration), configuration);
                table.Apply(addition.Input.ToString());
                moved += addition.Input.ToString().Split("\n-I ").Length > 2 ? 1 : 0;
                if (addition.Hidden is not null || random.Next(4) == 0)
                {
                    impossible += addition.Hidden is null ? 0 : 1;
                    table.Apply(addition.Undo.ToString());
                    Assert.Equal(before, table.ToString());
                    continue;
                }

                containers.Add((name, mappings));
                foreach (IPAddress? host in Hosts)
                {
                    for (ushort port = 1; port <= 3; port++)
                    {
                        string? wanted = Wanted(containers, host, port);
                        Assert.True(
                            wanted == table.Answers(host, port), $"seed {seed}: {wanted} is to have {host}:{port}, {table.Answers(host, port)} has it:\n{table}");
                    }
                }
            }
        }

        Assert.InRange(moved, 5, int.MaxValue);
        Assert.InRange(impossible, 5, int.MaxValue);
    }

    // L has what the newcomer takes; U and F, whom it leaves an address, have a thousand ports each.
    [Fact]
    public void Many_ports_of_those_who_go_ahead_are_compared_in_no_time()
    {
        Table table = new();
        PortMapping atAddress = new(2, 80, TransportProtocol.Tcp, Hosts[1]);
        PortMapping[] many = [.. Enumerable.Range(1000, 1000).Select(static i => new PortMapping((ushort)i, 80, TransportProtocol.Tcp, null))];
        Add("l", new PortMapping(1, 80, TransportProtocol.Tcp, null));
        Add("u", many);
        Add("f", [atAddress, .. many.Select(static mapping => mapping with { HostIP = Hosts[2] })]);
        Stopwatch watch = Stopwatch.StartNew();

        Add("new", new PortMapping(1, 80, TransportProtocol.Tcp, null), new PortMapping(2, 80, TransportProtocol.Tcp, null));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
        Assert.Equal(ChainNames.OfContainer("net", "f"), table.Answers(Hosts[1], 2));
        Assert.Equal(ChainNames.OfContainer("net", "new"), table.Answers(Hosts[2], 2));

        void Add(string name, params PortMapping[] mappings)
        {
            HostPortConfiguration configuration = new() { Mappings = mappings, CacheDirectory = "/nowhere" };
            table.Apply(Addition.Make(table.Read(), Rules(name, configuration), configuration).Input.ToString());
        }
    }

    private static string? Wanted(List<(string Name, List<PortMapping> Mappings)> containers, IPAddress? host, ushort port) =>
        (containers.FindLast(c => c.Mappings.Exists(m => m.HostPort == port && host is not null && host.Equals(m.HostIP))).Name
            ?? containers.FindLast(c => c.Mappings.Exists(m => m.HostPort == port && m.HostIP is null)).Name) is { } name
            ? ChainNames.OfContainer("net", name)
            : null;

    private static List<PortMapping> Mappings(Random random)
    {
        List<PortMapping> mappings = [];
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            PortMapping mapping = new((ushort)random.Next(1, 4), 80, TransportProtocol.Tcp, Hosts[random.Next(3)]);
            if (!mappings.Contains(mapping))
            {
                mappings.Add(mapping);
            }
        }

        return mappings;
    }

    private static ContainerRules Rules(string container, HostPortConfiguration configuration) => ContainerRules.Make(
        AddressFamily.InterNetwork,
        new Attachment(
            new AttachmentId("net", container, "eth0"),
            new AttachmentAddresses(IPAddress.Parse("10.1.0.2"), null) { V4PrefixLength = 24 },
            "label"),
        configuration)!;

    /// <summary>A nat table that changes as iptables-restore changes one.</summary>
    private sealed class Table
    {
        private readonly List<(string Chain, string Rule)> _rules = [];

        public override string ToString() => string.Concat(_rules.Select(static rule => $"-A {rule.Chain} {rule.Rule}\n"));

        internal NatTable Read() => NatTable.Parse($"*nat\n{this}");

        internal void Apply(string input)
        {
            foreach (string line in input.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] words = line.Split(' ', 3);
                if (words[0].StartsWith(':'))
                {
                    _rules.RemoveAll(rule => rule.Chain == words[0][1..]);
                }
                else if (words[0] == "-A")
                {
                    _rules.Add((words[1], words[2]));
                }
                else if (words[0] == "-D")
                {
                    Assert.True(_rules.Remove((words[1], words[2])), line);
                }
                else if (words[0] == "-I")
                {
                    string[] place = words[2].Split(' ', 2);
                    List<int> places = [.. Enumerable.Range(0, _rules.Count).Where(i => _rules[i].Chain == words[1])];
                    int index = int.Parse(place[0], CultureInfo.InvariantCulture) - 1;
                    _rules.Insert(index < places.Count ? places[index] : _rules.Count, (words[1], place[1]));
                }
            }

            // By chain, as iptables-save prints them.
            List<(string Chain, string Rule)> sorted = [.. _rules.OrderBy(static rule => rule.Chain, StringComparer.Ordinal)];
            _rules.Clear();
            _rules.AddRange(sorted);
        }

        internal string? Answers(IPAddress? host, ushort port)
        {
            NatTable table = Read();
            foreach (SavedRule jump in table.Rules(ChainNames.Dnat))
            {
                if (jump.Jump is { } chain && SavedMappings.Of(table, chain).Exists(mapping => mapping.HostPort == port
                    && (mapping.HostAddress is null || mapping.HostAddress.Equals(host))))
                {
                    return chain;
                }
            }

            return null;
        }
    }
}
