using System.Diagnostics;
using System.Globalization;
using System.Net;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;

namespace Berth.Netlink.Tests.Kernel;

/// <summary>Every type of set and every kind of entry: what is read is what <c>ipset save</c> prints.</summary>
[Collection(IsolatedTests.Name)]
public sealed class IpSetSaveTests : IDisposable
{
    private const uint PhysicalDevice = 2;
    private const uint Exception = 4;
    private const uint Before = 1;
    private const uint Wildcard = 128;

    private readonly IpSetConnection _connection;

    public IpSetSaveTests()
    {
        Isolation.Require();
        _connection = IpSetConnection.Open();
        Assert.SkipWhen(_connection.Sets() is null, "no ipset in this kernel");
    }

    public void Dispose()
    {
        IpSet(["destroy"]);
        _connection.Dispose();
    }

    [Theory]
    [Trait("kernel", "any")]
    [InlineData("hash:ip", "10.0.0.1 10.0.0.9")]
    [InlineData("hash:ip netmask 24", "10.0.1.0 10.0.2.0")]
    [InlineData("hash:ip family inet6", "fd00::1 fd00::9")]
    [InlineData("hash:net", "10.0.0.0/8 10.1.0.0/16_nomatch 10.1.2.3 0.0.0.0/1")]
    [InlineData("hash:net family inet6", "fd00::/64 fd00:0:0:1::/65_nomatch fd00::1")]
    [InlineData("hash:ip,port", "10.0.0.1,tcp:80 10.0.0.1,udp:53 10.0.0.1,sctp:5 10.0.0.1,icmp:echo-request 10.0.0.1,vrrp:0")]
    [InlineData("hash:ip,port family inet6", "fd00::1,tcp:80 fd00::1,ipv6-icmp:echo-request")]
    [InlineData("hash:ip,port,ip", "10.0.0.1,tcp:80,10.0.0.2 10.0.0.3,udp:53,10.0.0.4")]
    [InlineData("hash:ip,port,net", "10.0.0.1,tcp:80,10.0.0.0/8 10.0.0.3,udp:53,10.1.0.0/16_nomatch 10.0.0.3,udp:53,10.0.0.4")]
    [InlineData("hash:net,port", "0.0.0.0/1,tcp:81 10.0.0.0/8,tcp:80 10.1.0.0/16,tcp:80_nomatch 10.1.0.1,tcp:80")]
    [InlineData("hash:net,port family inet6", "fd00::/64,tcp:80")]
    [InlineData("hash:net,net", "10.0.0.0/8,10.1.0.0/16 10.0.0.1,10.1.0.0/24_nomatch")]
    [InlineData("hash:net,port,net", "10.0.0.0/8,tcp:80,10.1.0.0/16 10.0.0.1,tcp:80,10.1.0.0/24_nomatch")]
    [InlineData("hash:net,iface", "0.0.0.0/0,eth0 10.0.0.0/8,eth0 10.0.0.0/8,eth1_nomatch 10.2.0.0/16,physdev:v0 10.3.0.0/16,veth_wildcard")]
    [InlineData("hash:ip,mark", "10.0.0.1,0x00000005 10.0.0.1,0x80000000")]
    [InlineData("hash:ip,mark markmask 0x000000ff", "10.0.0.1,0x00000005")]
    [InlineData("hash:mac", "00:11:22:33:44:55")]
    [InlineData("hash:ip,mac", "10.0.0.1,00:11:22:33:44:55")]
    [InlineData("bitmap:ip range 10.0.0.0-10.0.0.255", "10.0.0.1 10.0.0.200")]
    [InlineData("bitmap:ip range 10.0.0.0/16 netmask 24", "10.0.1.0 10.0.7.0")]
    [InlineData("bitmap:port range 1-1000", "17 1000")]
    [InlineData("bitmap:ip,mac range 10.0.0.0-10.0.0.255", "10.0.0.1,00:11:22:33:44:55 10.0.0.2")]
    public void Entries_are_those_of_ipset_save(string type, string entries)
    {
        List<string> commands = [$"create one {type}"];
        commands.AddRange(entries.Split(' ').Select(static entry => $"add one {entry.Replace('_', ' ')}"));
        string errors = Try(["restore"], string.Join('\n', commands) + "\n").Errors;
        Assert.SkipWhen(errors.Contains("set type not supported", StringComparison.Ordinal), $"this kernel has no {type}");
        Assert.Equal("", errors);

        AssertIsSaved("one");
    }

    [Fact]
    public void Timeouts_and_comments_and_counters_are_read_beside_the_rest()
    {
        IpSet(["restore"], """
            create one hash:ip,port timeout 600 comment counters
            add one 10.0.0.1,tcp:80 comment "the first" packets 5 bytes 700
            add one 10.0.0.2,udp:80 timeout 0

            """);
        IReadOnlyList<IpSetEntry> entries = Set("one").Entries;
        IpSetEntry first = entries.Single(static entry => entry.Protocol == 6);
        Assert.Equal("the first", first.Comment);
        Assert.InRange(first.TimeoutSeconds!.Value, 500u, 600u);
        Assert.Equal(0u, entries.Single(static entry => entry.Protocol == 17).TimeoutSeconds);
        Assert.All(entries, static entry => Assert.Empty(entry.UnknownAttributes));
    }

    [Fact]
    public void A_list_names_its_sets_in_order()
    {
        IpSet(["restore"], """
            create a hash:ip
            create b hash:net
            create c hash:net,port
            create all list:set size 8
            add all c
            add all a
            add all b before a

            """);
        AssertIsSaved("all");
        Assert.Equal(["c", "b", "a"], Set("all").Entries.Select(static entry => entry.SetName));
        IpSet(["destroy", "all"]);
    }

    [Fact]
    public void A_set_says_the_number_by_which_rules_name_it()
    {
        IpSet(["restore"], "create a hash:ip\ncreate b hash:ip\n");
        IReadOnlyList<IpSet> sets = _connection.Sets()!;
        Assert.Equal(2, sets.Select(static set => set.Index!.Value).Distinct().Count());
    }

    private void AssertIsSaved(string name)
    {
        IpSet set = Set(name);
        string[] saved = [.. IpSet(["save", name]).Split('\n')
            .Where(static line => line.StartsWith("add ", StringComparison.Ordinal))
            .Select(static line => line.Split(' ', 3)[2].Trim())];
        Assert.NotEmpty(saved);
        Assert.Equal(saved.Order(), set.Entries.Select(entry => Text(set, entry)).Order());
        Assert.All(set.Entries, static entry => Assert.Empty(entry.UnknownAttributes));
        string created = IpSet(["save", name]).Split('\n')[0];
        Assert.Equal(created.Contains("netmask 24", StringComparison.Ordinal) ? (byte)24 : null, set.Netmask);
        Assert.Equal(created.Contains("markmask 0x000000ff", StringComparison.Ordinal) ? 255u : null, set.MarkMask);
    }

    // An entry as ipset prints it, its dimensions in the order of the type's name.
    private static string Text(IpSet set, IpSetEntry entry)
    {
        if (entry.SetName is string name)
        {
            return name;
        }

        List<string> parts = [];
        bool isFirst = true;
        foreach (string dimension in set.Type[(set.Type.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(','))
        {
            switch (dimension)
            {
                case "ip" or "net":
                    parts.Add(AddressText(
                        isFirst ? entry.Address! : entry.SecondAddress!,
                        isFirst ? entry.LastAddress : null,
                        isFirst ? entry.PrefixLength : entry.SecondPrefixLength));
                    isFirst = false;
                    break;
                case "port":
                    parts.Add(set.Type == "bitmap:port" ? $"{entry.Ports!.First}" : $"{ProtocolText(entry)}");
                    break;
                case "iface":
                    parts.Add(((entry.Flags & PhysicalDevice) != 0 ? "physdev:" : "") + entry.Interface);
                    break;
                case "mark":
                    parts.Add("0x" + entry.Mark!.Value.ToString("x8", CultureInfo.InvariantCulture));
                    break;
                case "mac" when entry.HardwareAddress.Length > 0:
                    parts.Add(Convert.ToHexString(entry.HardwareAddress.Span).Chunk(2).Select(static pair => new string(pair))
                        .Aggregate(static (one, other) => $"{one}:{other}"));
                    break;
                default:
                    break;
            }
        }

        Assert.Equal(0u, entry.Flags & Before);
        return string.Join(',', parts) + ((entry.Flags & Exception) != 0 ? " nomatch" : "")
            + ((entry.Flags & Wildcard) != 0 ? " wildcard" : "");
    }

    private static string AddressText(IPAddress address, IPAddress? last, byte? prefix) =>
        $"{address}{(last is null ? "" : $"-{last}")}{(prefix is byte bits && bits != (address.GetAddressBytes().Length * 8) ? $"/{bits}" : "")}";

    private static string ProtocolText(IpSetEntry entry)
    {
        PortInterval ports = entry.Ports!;
        return (entry.Protocol, ports.First) switch
        {
            (6, ushort port) => $"tcp:{port}",
            (17, ushort port) => $"udp:{port}",
            (132, ushort port) => $"sctp:{port}",
            (1, 0x0800) => "icmp:echo-request",
            (58, 0x8000) => "ipv6-icmp:echo-request",
            (112, 0) => "vrrp:0",
            _ => $"{entry.Protocol}:{ports.First}",
        };
    }

    private IpSet Set(string name) => _connection.Sets()!.Single(set => set.Name == name);

    private static string IpSet(string[] arguments, string input = "")
    {
        (string output, string errors) = Try(arguments, input);
        Assert.Equal("", errors);
        return output;
    }

    private static (string Output, string Errors) Try(string[] arguments, string input = "")
    {
        ProcessStartInfo start = new("ipset", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (output, errors);
    }
}
