using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// A step fails, and everything is as it was before: on a fresh node, beside another pod's mappings, and where a port is
/// to be taken over from the reference plugin's rules.
/// </summary>
public sealed class FailureTests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Dns = new(5353, 53, "udp");

    // The bridge that a node's pods are on.
    private const string Sysctl = "/proc/sys/net/ipv4/conf/cni1/route_localnet";

    /// <summary>What makes a step fail.</summary>
    public enum Fault
    {
        /// <summary>/proc/sys cannot be written.</summary>
        ReadOnlySysctl,

        /// <summary>The sysctl can be opened, and the kernel refuses the value.</summary>
        RefusedSysctl,

        /// <summary>The lock cannot be made.</summary>
        ReadOnlyRun,

        /// <summary>No CAP_NET_ADMIN.</summary>
        Unprivileged,

        /// <summary>There is no route socket.</summary>
        NoSocket,
    }

    /// <summary>What a node may hold before.</summary>
    public enum Before
    {
        /// <summary>Nothing.</summary>
        Nothing,

        /// <summary>Another pod, on another link.</summary>
        AnotherPod,

        /// <summary>A pod of the reference plugin that has the port.</summary>
        ReferencePod,
    }

    /// <summary>Each with each.</summary>
    public static MatrixTheoryData<Fault, Before> Everything { get; } = new(Enum.GetValues<Fault>(), Enum.GetValues<Before>());

    [Theory]
    [MemberData(nameof(Everything))]
    public void ADD_that_fails_changes_nothing_says_why_and_works_once_it_can(Fault fault, Before before)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Pod other = node.AddBridge().AddPod("other");
        other.Serve(80);
        Attachment held = before == Before.ReferencePod ? other.Attachment with { Program = ReferencePortmap.Program } : other.Attachment;
        if (before != Before.Nothing)
        {
            held.Add(before == Before.AnotherPod ? Web with { HostPort = 8081 } : Web).Succeeded();
        }

        string sound = node.Nft("list", "ruleset");
        string[] elements = Tables.Elements(node);

        PluginResult refused = (web.Attachment with { Under = [.. Causing(fault)] }).Add(Web, Dns).Failed();

        Assert.Contains(Reason(fault), refused.ErrorText, StringComparison.Ordinal);
        // The system's words end before the remedy begins.
        Assert.DoesNotMatch("[^.] With(out)? it ", refused.ErrorText);
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
        Assert.Equal(elements, Tables.Elements(node));
        Assert.Equal(sound, node.Nft("list", "ruleset"));
        web.Attachment.Add(Web, Dns).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(Fault.ReadOnlySysctl, Sysctl)]
    [InlineData(Fault.RefusedSysctl, Sysctl)]
    [InlineData(Fault.ReadOnlyRun, "/run/berth-iptables.lock")]
    [InlineData(Fault.Unprivileged, "ermi")]
    public void On_iptables_too(Fault fault, string reason)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Pod other = node.AddBridge().AddPod("other");
        On(other).Add(Web with { HostPort = 8081 }).Succeeded();
        string saved = node.Save(Toolset.Nft);

        PluginResult refused = (On(web) with { Under = [.. Causing(fault)] }).Add(Web, Dns).Failed();

        Assert.Contains(reason, refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(saved, node.Save(Toolset.Nft));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
        On(web).Add(Web, Dns).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_turn_nobody_is_asked_whose_a_port_is(bool isIptables)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment failing = (isIptables ? On(web) : web.Attachment).With("onConflict", "\"fail\"");
        string before = node.Nft("list", "ruleset");
        Attachment hindered = failing with
        {
            Under = ["unshare", "--mount", "--", "sh", "-c", "mount -t tmpfs run /run && mkdir /run/berth-conflict.lock && exec \"$0\""],
        };

        foreach (PluginResult result in (PluginResult[])[hindered.Add(Web), hindered.Status()])
        {
            Assert.Contains("/run/berth-conflict.lock", result.Failed().ErrorText, StringComparison.Ordinal);
        }

        Assert.Equal(before, node.Nft("list", "ruleset"));
        failing.Add(Web).Succeeded();
    }

    [Theory]
    [InlineData(Fault.ReadOnlyRun, "DEL")]
    [InlineData(Fault.ReadOnlyRun, "GC")]
    [InlineData(Fault.Unprivileged, "DEL")]
    [InlineData(Fault.Unprivileged, "GC")]
    [InlineData(Fault.NoSocket, "DEL")]
    [InlineData(Fault.NoSocket, "GC")]
    public void DEL_and_GC_on_iptables_too(Fault fault, string verb)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        On(web).Add(Web).Succeeded();
        string saved = node.Save(Toolset.Nft);
        Attachment hindered = On(web) with { Under = [.. Causing(fault)] };

        _ = (verb == "DEL" ? hindered.Del(Web) : hindered.Gc()).Failed();

        Assert.Equal(saved, node.Save(Toolset.Nft));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
        _ = (verb == "DEL" ? On(web).Del(Web) : On(web).Gc()).Succeeded();
        Assert.DoesNotContain("CNI-DN-", node.Save(Toolset.Nft), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.Unprivileged)]
    [InlineData(Fault.NoSocket)]
    public void DEL_that_fails_changes_nothing_and_works_once_it_can(Fault fault)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(Web).Succeeded();
        string[] elements = Tables.Elements(node);

        (web.Attachment with { Under = [.. Causing(fault)] }).Del(Web).Failed();

        Assert.Equal(elements, Tables.Elements(node));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
        web.Attachment.Del(Web).Succeeded();
        Assert.Empty(Tables.Elements(node));
    }

    private static Attachment On(Pod pod) => pod.Attachment.With("backend", "\"iptables\"") with { SearchPath = Toolset.Nft.SearchPath() };

    private static string[] Causing(Fault fault) => fault switch
    {
        Fault.ReadOnlySysctl => ReadOnly("/proc/sys"),
        Fault.RefusedSysctl =>
        [
            "strace", "-f", "-qqq", "-o", "/dev/null", "-P", Sysctl, "-e", "trace=write,pwrite64",
            "-e", "inject=write,pwrite64:error=EPERM", "--",
        ],
        Fault.ReadOnlyRun => ReadOnly("/run"),
        Fault.Unprivileged => ["setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw", "--"],
        _ => ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=socket", "-e", "inject=socket:error=EMFILE", "--"],
    };

    private static string Reason(Fault fault) => fault switch
    {
        Fault.ReadOnlySysctl or Fault.RefusedSysctl => Sysctl,
        Fault.ReadOnlyRun => "/run/berth.lock",
        Fault.Unprivileged => "CAP_NET_ADMIN",
        _ => "EMFILE",
    };

    private static string[] ReadOnly(string path) =>
        ["unshare", "--mount", "--", "sh", "-c", $"mount --bind {path} {path} && mount -o remount,ro,bind {path} && exec \"$0\""];
}
