using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Kernel;

public sealed class SnapshotTests : KernelTests
{
    [Fact]
    public void Every_part_that_the_namespace_has_is_present_and_survives_the_file()
    {
        MakeLink("br0", "192.0.2.1/24", "2001:db8::1/64");
        Tool.Nft("""
            table inet t {
              set s { type ipv4_addr . inet_service; flags interval; elements = { 192.0.2.0/24 . 80-90 comment "x" }; }
              chain c {
                type nat hook prerouting priority -100; policy accept;
                ip daddr . tcp dport @s counter dnat ip to 10.0.0.1:80 comment "a comment"
                meta mark set numgen random mod 3
              }
            }
            """);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();

        NodeSnapshot snapshot = Read();
        NodeSnapshot again = Reread(snapshot);

        Assert.Equal(Text(snapshot), Text(again));
        Assert.Contains(again.Links.Value!, static link => link.Name == "br0");
        Assert.Contains(again.Addresses.Value!, static address => address.Address.Equals(IPAddress.Parse("2001:db8::1")));
        Assert.Contains(again.Routes.Value!, static route => route.Destination?.ToString() == "192.0.2.0");
        Assert.Equal(
            [0u, 32766u, 32767u], again.Rules.Value!.Where(static rule => rule.Family == 2).Select(static rule => rule.Priority));
        Assert.Equal(PartStatus.Present, again.Conntrack.Status);
        Assert.Equal("0", again.Sysctls.Value!["net.ipv4.conf.br0.route_localnet"]);
        RulesetTable table = Assert.Single(again.NfTables.Value!.Tables);
        Assert.Equal(
            snapshot.NfTables.Value!.Tables[0].Chains[0].Rules.SelectMany(static rule => rule.Expressions),
            table.Chains[0].Rules.SelectMany(static rule => rule.Expressions));
        Assert.Equal("a comment", table.Chains[0].Rules[0].Comment);
        Assert.Contains(table.Chains[0].Rules[1].Expressions, static expression => expression is UnknownExpression { Name: "numgen" });
        Assert.Equal("x", table.Sets.Single(static set => set.Name == "s").Elements[0].Comment);
        Assert.All(
            new[] { again.CniCache.Status, again.PodLogs.Status },
            static status => Assert.Equal(PartStatus.Absent, status));
        Assert.Contains("/run/cni", again.CniCache.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listening_socket_is_found_with_its_process()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        NodeSnapshot snapshot = Read();

        uint inode = Assert.Single(snapshot.Sockets.Value!, socket => socket.LocalPort == port && socket.Protocol == 6).Inode;
        ProcessState process = Assert.Single(snapshot.Processes.Value!, process => process.Sockets.Contains(inode));
        Assert.Equal(Environment.ProcessId, process.ProcessId);
        Assert.Equal(File.ReadAllText("/proc/self/comm").Trim(), process.Name);
        Assert.NotNull(process.Cgroup);
    }

    [Fact]
    public void Arguments_are_there_only_when_asked_for_and_the_environment_never()
    {
        const string Secret = "a-secret-that-nobody-must-see";
        using TcpListener listener = new(IPAddress.Loopback, 7777);
        listener.Start();

        // A child that holds the socket, and has something to hide.
        SafeHandleInheritance.Allow(listener.Server);
        ProcessStartInfo start = new("sh", ["-c", "read line", Secret]) { RedirectStandardInput = true };
        start.Environment["PASSWORD"] = "in-the-environment";
        using Process process = Process.Start(start)!;
        try
        {
            string without = Text(Read());
            string with = Text(Read(withArguments: true));

            Assert.DoesNotContain(Secret, without, StringComparison.Ordinal);
            Assert.Contains(Secret, with, StringComparison.Ordinal);
            Assert.DoesNotContain("in-the-environment", with, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Fact]
    public void Legacy_iptables_is_kept_as_its_own_text()
    {
        const string Rule = "-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.1:80";
        Tool.Run("iptables-legacy", ["-t", "nat", .. Rule.Split(' ')]);
        try
        {
            LegacyTables tables = Assert.Single(Read().LegacyIptables.Value!, static tables => !tables.IsIPv6);
            Assert.Contains("nat", tables.Tables);
            Assert.Contains(Rule, tables.Save, StringComparison.Ordinal);
        }
        finally
        {
            Tool.Run("iptables-legacy", "-t", "nat", "-F");
        }
    }

    [Fact]
    public void Without_root_each_part_that_cannot_be_read_says_so()
    {
        NodeSnapshot snapshot = Unprivileged.Read();

        Assert.Equal((PartStatus.Unreadable, "needs root (CAP_NET_ADMIN)"), (snapshot.NfTables.Status, snapshot.NfTables.Reason));
        Assert.Equal(PartStatus.Present, snapshot.Links.Status);
        Assert.Equal(PartStatus.Present, snapshot.Sockets.Status);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void Ten_thousand_services_in_iptables_mode_take_under_two_seconds()
    {
        Tool restored = Tool.Try("iptables-nft-restore", [], KubeProxyIptables.Services(10_000));
        Assert.True(restored.ExitCode == 0, restored.Errors);

        // Once for the compiler.
        SnapshotJson.Write(Stream.Null, Read());
        TimeSpan best = TimeSpan.MaxValue;
        TimeSpan listed = TimeSpan.MaxValue;
        int rules = 0;
        for (int i = 0; i < 3; i++)
        {
            // What the work takes, and not what else the machine does meanwhile.
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            NodeSnapshot snapshot = Read();
            SnapshotJson.Write(Stream.Null, snapshot);
            TimeSpan taken = Process.GetCurrentProcess().TotalProcessorTime - before;
            best = taken < best ? taken : best;
            rules = snapshot.NfTables.Value!.Tables.Sum(static table => table.Chains.Sum(static chain => chain.Rules.Count));
            TimeSpan save = ProcessorTime("iptables-nft-save");
            listed = save < listed ? save : listed;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rules} rules: {best.TotalMilliseconds:F0} ms of processor time; iptables-nft-save takes {listed.TotalMilliseconds:F0}"));
        Assert.InRange(rules, 60_000, 61_000);
        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(best, TimeSpan.Zero, listed);
    }

    // "times" prints the shell's own time and below it that of its children: "0m1.20s 0m0.30s".
    private static TimeSpan ProcessorTime(string program)
    {
        string[] times = Tool.Run("sh", "-c", $"{program} >/dev/null; times").TrimEnd().Split('\n')[^1].Split(' ');
        return times.Aggregate(TimeSpan.Zero, static (sum, time) => sum
            + TimeSpan.FromMinutes(int.Parse(time[..time.IndexOf('m', StringComparison.Ordinal)], CultureInfo.InvariantCulture))
            + TimeSpan.FromSeconds(double.Parse(time[(time.IndexOf('m', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture)));
    }

    internal static NodeSnapshot Reread(NodeSnapshot snapshot)
    {
        using MemoryStream stream = new();
        SnapshotJson.Write(stream, snapshot);
        stream.Position = 0;
        return SnapshotJson.Read(stream);
    }

    private static string Text(NodeSnapshot snapshot)
    {
        using MemoryStream stream = new();
        SnapshotJson.Write(stream, snapshot);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
