using System.Diagnostics;
using Berth.Netlink.IpSets;

namespace Berth.Netlink.Tests.Kernel;

/// <summary>Sets that ipset(8) makes, read back.</summary>
[Collection(IsolatedTests.Name)]
public sealed class IpSetTests : IDisposable
{
    private readonly IpSetConnection _connection;

    public IpSetTests()
    {
        Isolation.Require();
        _connection = IpSetConnection.Open();
        Assert.SkipWhen(_connection.Sets() is null, "no ipset in this kernel");
    }

    public void Dispose()
    {
        IpSet("destroy");
        _connection.Dispose();
    }

    [Fact]
    public void Entries_say_what_ipset_was_told()
    {
        IpSet("""
            create ports hash:ip,port
            add ports 10.96.0.1,udp:53
            create nets hash:net family inet6 timeout 100 comment
            add nets fd00::/64 comment "a network"
            add nets fd00:0:0:0:1::/80 nomatch
            create pairs hash:ip,port,ip
            add pairs 10.0.0.1,tcp:80,10.0.0.2
            create links hash:net,iface
            add links 10.0.0.0/8,eth0
            create span bitmap:port range 1-1000
            add span 17
            create all list:set
            add all ports
            """);

        IReadOnlyList<IpSet> sets = _connection.Sets()!;
        Assert.Equal(
            ["all list:set 0", "links hash:net,iface 2", "nets hash:net 10", "pairs hash:ip,port,ip 2", "ports hash:ip,port 2", "span bitmap:port 0"],
            sets.Select(static set => $"{set.Name} {set.Type} {set.Family}").Order());
        IpSetEntry port = Entries("ports").Single();
        Assert.Equal(("10.96.0.1", (byte)17, (ushort)53), (port.Address!.ToString(), port.Protocol!.Value, port.Ports!.First));
        IpSetEntry network = Entries("nets").Single(static entry => entry.Comment == "a network");
        Assert.Equal(("fd00::", (byte)64), (network.Address!.ToString(), network.PrefixLength!.Value));
        Assert.InRange(network.TimeoutSeconds!.Value, 1u, 100u);
        Assert.Equal(4u, Entries("nets").Single(static entry => entry.PrefixLength == 80).Flags & 4);
        Assert.Equal("10.0.0.2", Entries("pairs").Single().SecondAddress!.ToString());
        Assert.Equal("eth0", Entries("links").Single().Interface);
        Assert.Equal(17, Entries("span").Single().Ports!.First);
        Assert.Equal("ports", Entries("all").Single().SetName);
        Assert.All(sets.SelectMany(static set => set.Entries), static entry => Assert.Empty(entry.UnknownAttributes));

        // A list holds what it names.
        IpSet("destroy all");
    }

    [Fact]
    public void A_set_of_many_messages_is_one()
    {
        IEnumerable<string> adds = Enumerable.Range(0, 20_000).Select(static i => $"add many 10.1.{i / 250}.{i % 250}");
        IpSet("create many hash:ip\n" + string.Join('\n', adds) + "\n");
        Assert.Equal(20_000, Entries("many").Select(static entry => entry.Address).Distinct().Count());
    }

    private IReadOnlyList<IpSetEntry> Entries(string name) => _connection.Sets()!.Single(set => set.Name == name).Entries;

    private static void IpSet(string commands)
    {
        ProcessStartInfo start = new("ipset", "restore") { RedirectStandardInput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(commands + "\n");
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
