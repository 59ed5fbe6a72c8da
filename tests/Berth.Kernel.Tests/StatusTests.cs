using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>STATUS says whether ADD could work now, and why not: so ADD, called in the same situation, agrees.</summary>
public sealed class StatusTests
{
    private const int NotAvailable = 50;
    private const int LimitedConnectivity = 51;

    private static readonly PortMapping Web = new(8080, 80);
    private static readonly string[] Unprivileged = ["setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw", "--"];

    // What the kernel answers where it was built without nfnetlink.
    private static readonly string[] WithoutNfTables =
        ["strace", "-qqq", "-o", "/dev/null", "-e", "trace=socket", "-e", "inject=socket:error=EPROTONOSUPPORT", "--"];

    private static readonly string[] WithoutIptables =
    [
        "unshare", "--mount", "sh", "-c",
        "for d in /usr/sbin /usr/local/sbin /sbin; do mount -t tmpfs tmpfs $d; done; PATH=/usr/bin:/bin exec \"$@\"", "sh",
    ];

    private static readonly string[] ReadOnlySysctls = ReadOnly("/proc/sys");
    private static readonly string[] ReadOnlyRun = ReadOnly("/run");

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    [InlineData(null)]
    public void Where_ADD_works_it_succeeds_and_prints_and_makes_nothing(string? backend)
    {
        using Node node = new();
        Attachment web = With(node.AddPod("web").Attachment, backend);

        PluginResult status = web.Status().Succeeded();

        Assert.Equal("", status.Output.Stdout + status.Output.Stderr);
        Assert.DoesNotContain("ip berth", Tables.All(node));
        Assert.DoesNotContain("CNI-", node.Save(Toolset.Nft), StringComparison.Ordinal);
        web.Add(Web).Succeeded();
    }

    [Fact]
    public void What_ADD_would_mend_is_no_reason()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        node.Nft("flush", "table", "ip", "berth");
        web.Attachment.Check(Web).Failed();

        web.Attachment.Status().Succeeded();
        web.Attachment.Add(Web).Succeeded();
    }

    [Theory]
    [InlineData("nftables", "/run/berth.lock")]
    [InlineData("iptables", "/run/berth-iptables.lock")]
    public void A_lock_that_an_ADD_holds_just_now_is_no_reason(string backend, string file)
    {
        using Node node = new();
        Attachment web = With(node.AddPod("web").Attachment, backend);
        web.Add(Web).Succeeded();

        (web with { Under = ["flock", file] }).Status().Succeeded();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    /// <summary>A backend, the situation, the code, and what the reason names.</summary>
    public static TheoryData<string?, string[], int, string> Situations { get; } = new()
    {
        { "nftables", Unprivileged, NotAvailable, "CAP_NET_ADMIN" },
        { null, Unprivileged, NotAvailable, "CAP_NET_ADMIN" },
        { "iptables", Unprivileged, NotAvailable, "Permission denied" },
        { "nftables", WithoutNfTables, LimitedConnectivity, "no nf_tables" },
        { "nftables", ReadOnlySysctls, NotAvailable, "Make /proc/sys writable" },
        { null, ReadOnlySysctls, NotAvailable, "Make /proc/sys writable" },
        { "iptables", ReadOnlySysctls, NotAvailable, "Make /proc/sys writable" },
        { "nftables", ReadOnlyRun, NotAvailable, "/run/berth.lock" },
        { "iptables", ReadOnlyRun, NotAvailable, "/run/berth-iptables.lock" },
        { "iptables", WithoutIptables, NotAvailable, "iptables-save and iptables-restore are not on the PATH" },
        { null, [.. WithoutIptables, .. WithoutNfTables], NotAvailable, "and the kernel has no nf_tables. Install iptables." },
        { "iptables", WithoutIptables, NotAvailable, "or set \"backend\": \"nftables\"" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public void Where_ADD_cannot_work_the_code_and_the_reason_say_so(string? backend, string[] under, int code, string reason)
    {
        using Node node = new();
        Attachment web = With(node.AddPod("web").Attachment, backend) with { Under = [.. under] };

        PluginResult status = web.Status().Failed();

        Assert.Equal(code, status.ErrorCode);
        Assert.Contains(reason, status.ErrorText, StringComparison.Ordinal);
        web.Add(Web).Failed();
    }

    /// <summary>A configuration's key, its value, and what the reason names.</summary>
    public static TheoryData<string?, string, string, string> Configurations { get; } = new()
    {
        { "nftables", "conditionsV4", """["ct", "state", "new"]""", "conditionsV4: 'ct'" },
        { null, "conditionsV4", """["ct", "state", "new"]""", "conditionsV4: 'ct'" },
        { "nftables", "conditionsV6", """["ip6 saddr", "2001:db8::/129"]""", "conditionsV6: '2001:db8::/129'" },
        { "iptables", "externalSetMarkChain", "\"ELSEWHERE-MARK\"", "no chain \"ELSEWHERE-MARK\"" },
        { null, "externalSetMarkChain", "\"ELSEWHERE-MARK\"", "no chain \"ELSEWHERE-MARK\"" },
        { "iptables", "conditionsV4", """["--nonsense"]""", "unknown option \"--nonsense\"" },
        { null, "conditionsV4", """["--nonsense"]""", "unknown option \"--nonsense\"" },
        { "iptables", "conditionsV6", """["-m", "nomatch"]""", "`nomatch'" },
        { "iptables", "conditionsV6", """["-d", "192.0.2.1"]""", "`192.0.2.1'" },
        { "iptables", "conditionsV4", """["-s", "192.0.2.1\n-j ACCEPT"]""", "line break" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void What_every_ADD_would_find_wrong_with_the_configuration_is_a_reason(
        string? backend, string key, string value, string reason)
    {
        using Node node = new();
        Attachment web = With(node.AddPod("web").Attachment, backend).With(key, value);

        PluginResult status = web.Status().Failed();

        Assert.Equal(NotAvailable, status.ErrorCode);
        Assert.Contains(reason, status.ErrorText, StringComparison.Ordinal);
        Assert.Contains(reason, web.Add(Web).Failed().ErrorText, StringComparison.Ordinal);
    }

    /// <summary>Both flavours, and conditions that iptables takes.</summary>
    public static MatrixTheoryData<Toolset, string> Good { get; } = new(Toolsets.All,
    [
        """["!", "-s", "192.0.2.0/24"]""",
        """["-m", "conntrack", "--ctstate", "NEW", "-i", "uplink"]""",
        // Of one protocol; which others' rules cannot say.
        """["-m", "udp", "--sport", "53"]""",
        """["-m", "tcp", "--syn"]""",
    ]);

    [Theory]
    [MemberData(nameof(Good))]
    public void Conditions_that_iptables_takes_are_none_and_asking_changes_nothing(Toolset toolset, string conditions)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.On(toolset).With("conditionsV4", conditions);
        web.With("conditionsV4", "[]").Add(Web).Succeeded();
        string saved = node.Save(toolset);

        web.Status().Succeeded();

        Assert.Equal(saved, node.Save(toolset));
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public void A_chain_of_somebody_else_s_that_one_family_has_is_none(string program)
    {
        using Node node = new();
        Pod pod = node.AddPod("web");
        Attachment web = With(pod.Attachment, "iptables").With("externalSetMarkChain", "\"ELSEWHERE-MARK\"");
        node.Run(program, "-t", "nat", "-N", "ELSEWHERE-MARK");

        web.Status().Succeeded();
        (program == "iptables" ? web with { IPv6 = null } : web with { IPv4 = null }).Add(Web).Succeeded();
    }

    [Theory]
    [InlineData("nftables", false)]
    [InlineData("nftables", true)]
    [InlineData("iptables", false)]
    [InlineData("iptables", true)]
    public void A_sysctl_that_cannot_be_written_is_none_where_none_is_to_be(string backend, bool isSetAlready)
    {
        using Node node = new();
        Attachment first = With(node.AddPod("first").Attachment, backend);
        Attachment second = With(node.AddPod("second").Attachment, backend) with { Under = [.. ReadOnlySysctls] };
        if (isSetAlready)
        {
            first.Add(Web).Succeeded();
        }
        else
        {
            second = second.With("snat", "false");
        }

        second.Status().Succeeded();
        second.Add(new PortMapping(8081, 80)).Succeeded();
    }

    [Fact]
    public void Without_nf_tables_and_without_a_word_about_the_backend_iptables_serves()
    {
        using Node node = new();
        Attachment web = With(node.AddPod("web").Attachment, null) with { Under = [.. WithoutNfTables], SearchPath = Toolset.Legacy.SearchPath() };

        web.Status().Succeeded();
    }

    [Fact]
    public void A_configuration_that_ADD_would_refuse_is_a_reason()
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.With("markMasqBit", "32");

        PluginResult status = web.Status().Failed();

        Assert.Equal(NotAvailable, status.ErrorCode);
        Assert.Contains("MasqMarkBit must be between 0 and 31", status.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STATUS")]
    [InlineData("GC")]
    public void A_version_of_the_protocol_that_does_not_know_the_verb_is_refused(string verb)
    {
        using Node node = new();

        PluginResult result = (node.AddPod("web").Attachment with { CniVersion = "1.0.0" }).Call(verb, null).Failed();

        Assert.Equal(1, result.ErrorCode);
        Assert.Contains($"config version does not allow {verb}", result.ErrorText, StringComparison.Ordinal);
    }

    private static string[] ReadOnly(string path) =>
        ["unshare", "--mount", "--", "sh", "-c", $"mount --bind {path} {path} && mount -o remount,ro,bind {path} && exec \"$0\""];

    private static Attachment With(Attachment attachment, string? backend)
    {
        Attachment plain = attachment with { HasBackend = false, SearchPath = Toolset.Nft.SearchPath() };
        return backend is null ? plain : plain.With("backend", $"\"{backend}\"");
    }
}
