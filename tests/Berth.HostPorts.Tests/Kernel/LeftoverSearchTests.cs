using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// What a call pays, on a node where the other backend and the reference plugin have left nothing, for finding that out. That
/// no program is run is shown with the published plugin, by NoChildTests in Berth.Kernel.Tests.
/// </summary>
public partial class LeftoverSearchTests : KernelTests
{
    // Microseconds. A program, even one that does nothing, costs more.
    private const int Limit = 1000;

    private const int Rounds = 60;

    private const int ClockThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of linux/time.h

    /// <summary>What else may be in the nat tables.</summary>
    public enum Others
    {
        /// <summary>Nothing; there are no such tables.</summary>
        None,

        /// <summary>Chains of others, in both flavours of iptables.</summary>
        Few,

        /// <summary>kube-proxy's for some hundred Services.</summary>
        KubeProxy,
    }

    /// <summary>Each.</summary>
    public static TheoryData<Others> Nodes { get; } = [.. Enum.GetValues<Others>()];

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Where_nftables_serves_looking_in_iptables_takes_microseconds(Others others)
    {
        Make(others);
        using IptablesBackend iptables = IptablesBackend.Open(static warning => Assert.Fail(warning));

        AssertQuick("ADD", others, () =>
        {
            IptablesBackend.RefuseHeldPorts(Pod(1), Ports(8080));
            iptables.TakeOver(Pod(1), Ports(8080));
        });
        AssertQuick("ADD that refuses", others, () => IptablesBackend.RefuseHeldPorts(
            Pod(1), Ports(8080) with { OnConflict = HostPorts.Configuration.ConflictRule.Fail }));
        AssertQuick("DEL", others, () => iptables.Delete(Pod(1), Ports(8080)));
        AssertQuick("GC", others, () => iptables.Collect("podnet", [], new()));
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Where_iptables_serves_looking_in_nf_tables_takes_microseconds(Others others)
    {
        Make(others);

        // As the plugin does it: with a connection of its own each time.
        AssertQuick("ADD", others, static backend => backend.TakeOver(Pod(1), Ports(8080)));
        AssertQuick("ADD that refuses", others, static backend => backend.RefuseHeldPorts(Pod(1), Ports(8080)));
        AssertQuick("DEL", others, static backend => backend.Delete(Pod(1), Ports(8080)));
        AssertQuick("GC", others, static backend => backend.Collect("podnet", [], new()));
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Where_iptables_serves_looking_in_its_other_flavour_takes_microseconds(Others others)
    {
        Make(others);
        foreach (Flavour flavour in (Flavour[])[Flavour.Nft, Flavour.Legacy])
        {
            ChainPlace[] places = [.. ChainSearch.Everywhere.Where(place => place.Flavour == flavour)];

            AssertQuick($"ADD, {flavour}", others, () =>
            {
                new HeldElsewhere(Pod(1), Ports(8080), isMetLast: false).Refuse(places);
                Assert.Empty(ChainSearch.FindContainers(places));
            });
            AssertQuick($"ADD that refuses, {flavour}", others, () =>
                new HeldElsewhere(
                    Pod(1), Ports(8080) with { OnConflict = HostPorts.Configuration.ConflictRule.Fail }, isMetLast: false).Refuse(places));
        }
    }

    // The kernel hands a table of iptables-legacy out as a whole, or not at all.
    [Fact]
    public void A_large_table_of_iptables_legacy_takes_as_long_as_the_kernel_takes_to_hand_it_out()
    {
        const int Services = 300;
        Make(Others.None);
        Restore("iptables-legacy", Services);
        Restore("ip6tables-legacy", Services);
        using IptablesBackend iptables = IptablesBackend.Open(static warning => Assert.Fail(warning));

        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            double reading = Measure("reading once", family, () => Assert.True(LegacyIptables.TryRead(family, "nat"u8, out _, out _)));
            double searching = Measure("two chains", family, () => LegacyIptables.NatTableMentions(family, "CNI-DN-a\0", "CNI-SN-a\0"));
            Assert.InRange(searching, 0, 2 * reading);
        }

        Measure("ADD", "both", () => iptables.TakeOver(Pod(1), Ports(8080)));
        Measure("DEL", "both", () => iptables.Delete(Pod(1), Ports(8080)));
    }

    private static void AssertQuick(string verb, Others others, Action<NftablesBackend> look) => AssertQuick(verb, others, () =>
    {
        using NftablesBackend backend = NftablesBackend.Open(static warning => Assert.Fail(warning));
        look(backend);
    });

    private static void AssertQuick(string verb, Others others, Action look) =>
        Assert.InRange(Measure(verb, $"others' rules: {others}", look), 0, Limit);

    private static double Measure(string verb, object what, Action look)
    {
        List<double> times = [];
        for (int round = 0; round < Rounds; round++)
        {
            double start = ProcessorTime();
            look();
            times.Add(ProcessorTime() - start);
        }

        double median = times.Order().ElementAt(Rounds / 2);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{verb}, {what}: {median:0} microseconds (median of {Rounds})"));
        return median;
    }

    // Of this thread, its system calls included, in microseconds. Not the clock on the wall: whoever works on the machine
    // meanwhile, or holds the kernel's lock of routes, would be measured with it.
    private static double ProcessorTime()
    {
        Assert.Equal(0, clock_gettime(ClockThreadCpuTime, out Timespec time));
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
    }

    private static void Make(Others others)
    {
        foreach (string program in (string[])["iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy"])
        {
            bool isLegacy = program.EndsWith("legacy", StringComparison.Ordinal);
            if (isLegacy)
            {
                FlushLegacy(program, FamilyOf(program));
            }

            if (others != Others.None)
            {
                Restore(program, others == Others.KubeProxy && !isLegacy ? 300 : 3);
            }
        }
    }

    private static void Restore(string program, int services)
    {
        Tool restore = Tool.Try(program + "-restore", [], KubeProxy(FamilyOf(program), services));
        Assert.True(restore.ExitCode == 0, restore.Errors);
    }

    private static AddressFamily FamilyOf(string program) =>
        program.StartsWith("ip6", StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    // Three chains and six rules each, as kube-proxy has it.
    private static string KubeProxy(AddressFamily family, int services)
    {
        List<string> lines = ["*nat", ":KUBE-SERVICES - [0:0]", ":KUBE-MARK-MASQ - [0:0]", "-A PREROUTING -j KUBE-SERVICES", "-A OUTPUT -j KUBE-SERVICES"];
        (string cluster, string pod) = family == AddressFamily.InterNetwork ? ("10.96", "10.9.0.9:80") : ("fd00:96:", "[fd00:9::9]:80");
        for (int i = 0; i < services; i++)
        {
            string address = family == AddressFamily.InterNetwork ? $"{cluster}.{i / 250}.{1 + (i % 250)}" : $"{cluster}:{i + 1:x}";
            lines.AddRange([$":KUBE-SVC-{i:d8} - [0:0]", $":KUBE-SEP-{i:d8} - [0:0]",
                $"-A KUBE-SERVICES -d {address} -p tcp -m tcp --dport 80 -j KUBE-SVC-{i:d8}",
                $"-A KUBE-SVC-{i:d8} -m comment --comment \"ns/service-{i}\" -j KUBE-SEP-{i:d8}",
                $"-A KUBE-SEP-{i:d8} -p tcp -m tcp -j DNAT --to-destination {pod}"]);
        }

        return string.Join('\n', [.. lines, "COMMIT", ""]);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);

    private struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
