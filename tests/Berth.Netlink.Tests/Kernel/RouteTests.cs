using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Netlink.Route;

namespace Berth.Netlink.Tests.Kernel;

[Collection(IsolatedTests.Name)]
public sealed class RouteTests : IDisposable
{
    private readonly Isolation _isolation;
    private readonly ITestOutputHelper _output;
    private readonly RouteConnection _route;

    public RouteTests(Isolation isolation, ITestOutputHelper output)
    {
        Isolation.Require();
        _isolation = isolation;
        _output = output;
        _route = RouteConnection.Open();
    }

    public void Dispose() => _route.Dispose();

    [Fact]
    public void Links_are_those_that_ip_shows()
    {
        List<string> expected = [];
        foreach (JsonElement link in Json("-d link show"))
        {
            expected.Add(string.Join(
                ' ',
                link.GetProperty("ifindex"),
                link.GetProperty("ifname"),
                link.GetProperty("mtu"),
                Text(link, "address").Replace(":", "", StringComparison.Ordinal),
                link.TryGetProperty("linkinfo", out JsonElement info) ? Text(info, "info_kind") : "",
                "master " + Text(link, "master"),
                "link " + Text(link, "link"),
                link.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP")));
        }

        Assert.Equal(expected.Order(), _route.Links().Select(Line).Order());
        _output.WriteLine($"vlan {_isolation.HasVlan}, macvlan {_isolation.HasMacvlan} (as far as this kernel has them)");
        Assert.Equal("bridge", _route.FindLink("br0")?.Kind);
        if (_isolation.HasVlan)
        {
            Assert.Equal(("vlan", _route.FindLink("v1")?.Index), (_route.FindLink("v1.7")?.Kind, _route.FindLink("v1.7")?.Peer));
        }

        if (_isolation.HasMacvlan)
        {
            Assert.Equal(("macvlan", _route.FindLink("v1")?.Index), (_route.FindLink("mac0")?.Kind, _route.FindLink("mac0")?.Peer));
        }
    }

    [Fact]
    public void A_link_is_found_by_index_by_name_and_by_alternative_name()
    {
        Link link = Assert.IsType<Link>(_route.FindLink("v1"));
        Assert.Equal(Line(link), Line(_route.FindLink(link.Index)!));
        Assert.Equal(Line(link), Line(_route.FindLink("an-alternative-name-of-v1")!));
    }

    [Fact]
    public void Policy_rules_are_those_that_ip_shows()
    {
        Isolation.Tool("ip", "rule add pref 100 from 10.1.0.0/24 to 10.2.0.0/16 iif v1 fwmark 0x10/0xf0 lookup 77");
        Isolation.Tool("ip", "rule add pref 110 ipproto udp dport 50-60 sport 7 oif br0 blackhole");
        Isolation.Tool("ip", "rule add pref 120 goto 32766");
        Isolation.Tool("ip", "rule add pref 130 uidrange 5-6 lookup main");
        Isolation.Tool("ip", "rule add pref 140 not from 10.3.0.1 lookup main suppress_prefixlength 0");
        try
        {
            List<string> expected = [];
            foreach (JsonElement rule in Json("-4 -d rule show"))
            {
                expected.Add($"{rule.GetProperty("priority")} from {Text(rule, "src")} {Text(rule, "srclen")} to {Text(rule, "dst")}");
            }

            IReadOnlyList<PolicyRule> rules = _route.PolicyRules(AddressFamily.InterNetwork);
            Assert.Equal(
                expected.Order(),
                rules.Select(static rule => $"{rule.Priority} from {rule.Source?.ToString() ?? "all"} "
                    + $"{(rule.SourcePrefixLength is 0 or 32 ? "" : rule.SourcePrefixLength)} to {rule.Destination}").Order());
            Assert.Equal(
                new PolicyRule(100, 2, 1, 77)
                {
                    Source = IPAddress.Parse("10.1.0.0"),
                    SourcePrefixLength = 24,
                    Destination = IPAddress.Parse("10.2.0.0"),
                    DestinationPrefixLength = 16,
                    InputInterface = "v1",
                    Mark = 0x10,
                    MarkMask = 0xf0,
                },
                Plain(rules, 100));
            Assert.Equal(
                new PolicyRule(110, 2, 6, 0)
                {
                    Protocol = 17,
                    SourcePorts = new(7, 7),
                    DestinationPorts = new(50, 60),
                    OutputInterface = "br0",
                },
                Plain(rules, 110));
            Assert.Equal(32766u, rules.Single(static rule => rule.Priority == 120).GoTo);
            Assert.NotEmpty(rules.Single(static rule => rule.Priority == 130).UnknownAttributes);
            Assert.Equal((0, 2u), (Plain(rules, 140).SuppressPrefixLength, Plain(rules, 140).Flags & 2));
        }
        finally
        {
            foreach (int priority in (int[])[100, 110, 120, 130, 140])
            {
                Isolation.Tool("ip", $"rule del pref {priority}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nosuch")]
    [InlineData("lo\0nger")]
    [InlineData("a-name-that-is-longer-than-any-link's")]
    public void A_name_that_no_link_has_is_null(string name) => Assert.Null(_route.FindLink(name));

    [Fact]
    public void A_name_beyond_all_limits_is_null() => Assert.Null(_route.FindLink(new string('x', 70_000)));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void An_index_that_no_link_has_is_null(int index)
    {
        Assert.Null(_route.FindLink(index));
        Assert.Empty(_route.Addresses(AddressFamily.Unspecified, index));
    }

    [Theory]
    [InlineData(AddressFamily.Unspecified, "", null)]
    [InlineData(AddressFamily.InterNetwork, "-4 ", null)]
    [InlineData(AddressFamily.InterNetworkV6, "-6 ", null)]
    [InlineData(AddressFamily.Unspecified, "", "br0")]
    [InlineData(AddressFamily.InterNetwork, "-4 ", "v1")]
    [InlineData(AddressFamily.InterNetworkV6, "-6 ", "lo")]
    public void Addresses_are_those_that_ip_shows(AddressFamily family, string option, string? link)
    {
        List<string> expected = [];
        foreach (JsonElement found in Json($"{option}addr show {link}"))
        {
            foreach (JsonElement address in found.GetProperty("addr_info").EnumerateArray())
            {
                expected.Add(string.Join(
                    ' ', found.GetProperty("ifindex"), Text(address, "local"), address.GetProperty("prefixlen"),
                    Text(address, "address"), Text(address, "scope")));
            }
        }

        Assert.NotEmpty(expected);
        int? index = link is null ? null : _route.FindLink(link)!.Index;
        Assert.Equal(expected.Order(), _route.Addresses(family, index).Select(Line).Order());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("10.1.0.1")]
    [InlineData("10.1.0.9")]
    [InlineData("10.1.0.255")]
    [InlineData("10.9.9.9")]
    [InlineData("10.66.0.1")]
    [InlineData("10.67.0.1")]
    [InlineData("10.68.0.1")]
    [InlineData("10.69.0.1")]
    [InlineData("10.70.0.1")]
    [InlineData("10.71.0.1")]
    [InlineData("10.74.0.3")]
    [InlineData("8.8.8.8")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8::2")]
    [InlineData("2001:db8:66::1")]
    [InlineData("2001:db8:67::1")]
    [InlineData("2001:db8:70::1")]
    [InlineData("2001:db8:99::1")]
    public void A_route_is_the_one_that_ip_gets(string destination)
    {
        string? expected = null;
        if (Isolation.TryTool("ip", $"route get {destination}"))
        {
            JsonElement route = Json($"route get {destination}")[0];
            string gateway = route.TryGetProperty("via", out JsonElement via) ? Text(via, "host") : Text(route, "gateway");
            string type = Text(route, "type");
            expected = $"{(type.Length == 0 ? "unicast" : type)} dev {Text(route, "dev")} via {gateway} src {Text(route, "prefsrc")}";
        }

        RouteEntry? found = _route.FindRoute(IPAddress.Parse(destination));
        string? actual = found is null
            ? null
            : $"{Type(found)} dev {_route.FindLink(found.OutputInterface!.Value)!.Name} via {found.Gateway} src {found.PreferredSource}";
        Assert.Equal(expected, actual);
        Assert.Equal(expected?.StartsWith("local ", StringComparison.Ordinal) ?? false, _route.IsLocal(IPAddress.Parse(destination)));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "-4 ", "all", null)]
    [InlineData(AddressFamily.InterNetwork, "-4 ", "main", 254)]
    [InlineData(AddressFamily.InterNetwork, "-4 ", "local", 255)]
    [InlineData(AddressFamily.InterNetwork, "-4 ", "1000", 1000)]
    [InlineData(AddressFamily.InterNetworkV6, "-6 ", "all", null)]
    [InlineData(AddressFamily.InterNetworkV6, "-6 ", "main", 254)]
    [InlineData(AddressFamily.InterNetworkV6, "-6 ", "local", 255)]
    public void Routes_are_those_that_ip_shows(AddressFamily family, string option, string name, int? table)
    {
        List<string> expected = [];
        foreach (JsonElement route in Json($"{option}route show table {name}"))
        {
            string destination = Text(route, "dst") is "default" ? "" : Text(route, "dst");
            string type = Text(route, "type");
            string via = route.TryGetProperty("via", out JsonElement other) ? Text(other, "host") : Text(route, "gateway");
            int ways = route.TryGetProperty("nexthops", out JsonElement hops) ? hops.GetArrayLength() : 0;
            expected.Add(string.Join(
                ' ', type.Length == 0 ? "unicast" : type, destination, "dev", Text(route, "dev"), "via", via, "src",
                Text(route, "prefsrc"), "metric", Text(route, "metric") is "" ? "0" : Text(route, "metric"), ways));
        }

        Assert.NotEmpty(expected);
        Assert.Equal(expected.Order(), _route.Routes(family, (uint?)table).Select(Line).Order());
    }

    [Fact]
    public void A_table_that_does_not_exist_has_no_routes() => Assert.Empty(_route.Routes(AddressFamily.Unspecified, 4711));

    [Fact]
    public void After_a_dump_that_its_reader_gave_up_the_next_one_works()
    {
        // More than the kernel sends before it waits for a reader.
        for (int i = 0; i < 60; i++)
        {
            Isolation.Tool("ip", $"link add many{i} type bridge");
        }

        try
        {
            using NetlinkConnection connection = NetlinkConnection.Open(NetlinkProtocol.Route);
            NetlinkRequest links = new(
                "list", 18, MessageFlags.None, static (ref MessageWriter w) => w.PutStructure(new byte[16]), 16, null);
            Assert.Throws<NetlinkFormatException>(
                () => connection.Dump<string>(links, static _ => throw new NetlinkFormatException("enough")));
            Assert.True(connection.Dump(links, static message => "").Count > 60);
        }
        finally
        {
            for (int i = 0; i < 60; i++)
            {
                Isolation.Tool("ip", $"link del many{i}");
            }
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static JsonElement[] Json(string arguments)
    {
        using JsonDocument document = JsonDocument.Parse(Isolation.Tool("ip", $"-j {arguments}"));
        return [.. document.RootElement.Clone().EnumerateArray().Where(item => item.EnumerateObject().Any())];
    }

    private static string Type(RouteEntry route) => route.Type.ToString().ToLowerInvariant();

    private string Line(Link link) => string.Join(
        ' ',
        link.Index,
        link.Name,
        link.Mtu,
        Convert.ToHexStringLower(link.HardwareAddress.Span),
        link.Kind,
        "master " + Name(link.Controller),
        "link " + Name(link.Peer),
        link.IsUp);

    private string Line(LinkAddress address)
    {
        string scope = address.Scope switch { 0 => "global", 253 => "link", 254 => "host", _ => "?" };
        return string.Join(' ', address.LinkIndex, address.Address, address.PrefixLength, address.Peer, scope);
    }

    private string Line(RouteEntry route)
    {
        int full = route.Destination?.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        string destination = route.Destination is null ? ""
            : route.PrefixLength == full ? $"{route.Destination}"
            : $"{route.Destination}/{route.PrefixLength}";
        return string.Join(
            ' ', Type(route), destination, "dev", Name(route.OutputInterface), "via", route.Gateway, "src",
            route.PreferredSource, "metric", route.Priority, route.Multipath.Count);
    }

    private string Name(int? index) => index is int number ? _route.FindLink(number)!.Name : "";

    // A list is compared by reference; here it must be empty.
    private static PolicyRule Plain(IReadOnlyList<PolicyRule> rules, uint priority)
    {
        PolicyRule rule = rules.Single(rule => rule.Priority == priority);
        Assert.Empty(rule.UnknownAttributes);
        return rule with { UnknownAttributes = new PolicyRule(0, 0, 0, 0).UnknownAttributes };
    }
}
