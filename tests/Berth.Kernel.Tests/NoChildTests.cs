using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// Which programs a call starts, told by a tracer: on nftables none, leftovers of whatever plugin included where there are none;
/// on iptables the ones that change something.
/// </summary>
public sealed class NoChildTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Fact]
    public void Nftables_needs_none_for_any_verb()
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment;
        Attachment other = node.AddPod("other").Attachment;

        // What others have in iptables is no reason to run it.
        node.Iptables(Toolset.Nft, Family.IPv4, "", "-t", "nat", "-N", "KUBE-SERVICES");
        node.Iptables(Toolset.Legacy, Family.IPv4, "", "-t", "nat", "-N", "KUBE-SERVICES");
        node.Iptables(Toolset.Legacy, Family.IPv6, "", "-t", "nat", "-N", "KUBE-SERVICES");

        Assert.Empty(Programs(web, static a => a.Status()));
        Assert.Empty(Programs(web, static a => a.Add(Web)));
        Assert.Empty(Programs(web, static a => a.Add(Web)));
        Assert.Empty(Programs(web, static a => a.Check(Web)));
        Assert.Empty(Programs(other, static a => a.Add(Web)));
        Assert.Empty(Programs(other.With("onConflict", "\"fail\""), static a => a.Add(Web)));
        Assert.Empty(Programs(other, a => a.Gc(a)));
        Assert.Empty(Programs(other, static a => a.Del(Web)));
        Assert.Empty(Programs(other, static a => a.Del()));
    }

    [Fact]
    public void Iptables_needs_what_changes_the_tables_and_nothing_where_there_is_nothing_to_change()
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.On(Toolset.Nft);

        // What others have in the other flavour is no reason to run it.
        node.Iptables(Toolset.Legacy, Family.IPv4, "", "-t", "nat", "-N", "KUBE-SERVICES");
        node.Iptables(Toolset.Legacy, Family.IPv6, "", "-t", "nat", "-N", "KUBE-SERVICES");
        string[] both = ["iptables-restore", "ip6tables-restore"];

        Assert.Equal(both, Programs(web, static a => a.Add(Web)));
        Assert.Empty(Programs(web, static a => a.Add(Web)));
        Assert.Empty(Programs(web, static a => a.Check(Web)));
        Assert.Equal(["iptables-nft-restore", "ip6tables-nft-restore"], Programs(web, static a => a.Del(Web)));

        // The chains that all share are there still.
        Assert.Empty(Programs(web with { NetnsPath = "/run/netns/never-was" }, static a => a.Del(Web)));
    }

    private static string[] Programs(Attachment attachment, Func<Attachment, PluginResult> call)
    {
        string file = Path.GetTempFileName();
        try
        {
            call(attachment with { Under = ["strace", "-f", "-qq", "-o", file, "-e", "trace=execve,execveat,fork,vfork,clone,clone3", "--"] })
                .Succeeded();
            string[] lines = File.ReadAllLines(file);

            // "PID execve("/usr/sbin/iptables-restore", [...": the first is the plugin itself. A clone is a thread, or one of these.
            string[] programs = [.. lines.Where(static line => line.Contains(" execve(", StringComparison.Ordinal))
                .Select(static line => Path.GetFileName(line.Split('"')[1]))];
            Assert.Equal(Path.GetFileName(attachment.Program), programs[0]);
            Assert.Equal(programs.Length - 1, lines.Count(static line =>
                (line.Contains("fork(", StringComparison.Ordinal) || line.Contains(" clone", StringComparison.Ordinal))
                && !line.Contains("CLONE_THREAD", StringComparison.Ordinal) && !line.Contains("resumed", StringComparison.Ordinal)));
            return programs[1..];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
