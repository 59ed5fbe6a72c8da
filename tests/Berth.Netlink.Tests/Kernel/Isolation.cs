using System.Diagnostics;

namespace Berth.Netlink.Tests.Kernel;

/// <summary>
/// The network namespace that the <c>run</c> script made for these tests, with links, addresses, routes and rules in it.
/// </summary>
public sealed class Isolation
{
    public Isolation()
    {
        // A fixture cannot skip; the tests do. Nothing is made outside of the namespace.
        if (!IsIsolated)
        {
            return;
        }

        // Looking for duplicates of an address takes a second or two, in which it is listed and yet not there.
        File.WriteAllText("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
        Tool("ip", "link add br0 type bridge");
        Tool("ip", "link add v0 type veth peer name v1");
        Tool("ip", "link set v0 master br0");
        Tool("ip", "link property add dev v1 altname an-alternative-name-of-v1");
        HasVlan = TryTool("ip", "link add link v1 name v1.7 type vlan id 7");
        HasMacvlan = TryTool("ip", "link add link v1 name mac0 type macvlan");
        foreach (string link in new[] { "br0", "v0", "v1" })
        {
            Tool("ip", $"link set {link} up");
        }

        AwaitLinkLocalAddresses("br0", "v0", "v1");
        Tool("ip", "addr add 10.1.0.1/24 dev br0");
        Tool("ip", "addr add 2001:db8::1/64 dev br0 nodad");
        Await(() => IsLocal("2001:db8::1", "br0"));
        Tool("ip", "addr add 10.1.0.5 peer 10.9.9.9/32 dev v1");
        foreach (string route in new[]
        {
            "unreachable 10.66.0.0/24", "blackhole 10.67.0.0/24", "prohibit 10.68.0.0/24", "throw 10.69.0.0/24",
            "10.70.0.0/24 via 10.1.0.7 metric 7", "10.71.0.0/24 via inet6 2001:db8::7", "10.72.0.0/24 dev br0 table 1000",
            "10.73.0.0/24 nexthop via 10.1.0.7 nexthop via 10.1.0.8", "local 10.74.0.0/24 dev lo",
        })
        {
            Tool("ip", $"route add {route}");
        }

        foreach (string route in new[]
        {
            "unreachable 2001:db8:66::/64", "blackhole 2001:db8:67::/64", "2001:db8:70::/64 via 2001:db8::7",
        })
        {
            Tool("ip", $"-6 route add {route}");
        }

        // Connections are tracked only where a rule needs it.
        Tool("nft", "add table inet tracked");
        Tool("nft", "add chain inet tracked out { type filter hook output priority 0; }");
        Tool("nft", "add rule inet tracked out ct state new counter");
        Tool("nft", "add rule inet tracked out udp dport 6000 ct label set 127 ct mark set 9");
        Tool("nft", "add table ip rewritten");
        Tool("nft", "add chain ip rewritten out { type nat hook output priority -100; }");
        Tool("nft", "add rule ip rewritten out ip daddr 10.1.0.1 udp dport 6001 dnat to 127.0.0.1:6002");
    }

    private static bool IsIsolated => Environment.GetEnvironmentVariable("BERTH_KERNEL_ISOLATED") == "1";

    public bool HasVlan { get; }

    public bool HasMacvlan { get; }

    /// <summary>Skips the test outside of the namespace.</summary>
    public static void Require() =>
        Assert.SkipUnless(IsIsolated, "needs root and a namespace: start tests/Berth.Netlink.Tests/run");

    public static string Tool(string name, string arguments)
    {
        (int code, string output, string error) = Run(name, arguments);
        Assert.True(code == 0, $"{name} {arguments}: {error}");
        return output;
    }

    public static bool TryTool(string name, string arguments) => Run(name, arguments).Code == 0;

    // The kernel gives them in the background, some time after a link is up, and makes them local later still: what is
    // listed must not change between one look and the next.
    private static void AwaitLinkLocalAddresses(params string[] links)
    {
        foreach (string link in links)
        {
            Await(() => Tool("ip", $"-6 -o addr show dev {link} scope link -tentative").Split(' ')
                .FirstOrDefault(word => word.StartsWith("fe80:", StringComparison.Ordinal)) is string address
                && IsLocal(address.Split('/')[0], link));
        }
    }

    private static bool IsLocal(string address, string link) =>
        Tool("ip", "-6 route show table local").Contains($"local {address} dev {link} ", StringComparison.Ordinal);

    private static void Await(Func<bool> holds)
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            if (holds())
            {
                return;
            }

            Thread.Sleep(20);
        }

        throw new TimeoutException("the kernel does not finish an IPv6 address");
    }

    private static (int Code, string Output, string Error) Run(string name, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
