using System.Text.RegularExpressions;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Privilege;

/// <summary>No file is written, made, renamed or removed but those that docs/security.md names.</summary>
[Collection(Toolsets.LockHolders)]
public sealed partial class WrittenFilesTests
{
    private static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp")];

    [Fact]
    public void Every_verb_on_nftables_writes_a_lock_and_a_sysctl()
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment with { CniVersion = "1.1.0" };

        Assert.Equal(["/proc/sys/net/ipv4/conf/cni1/route_localnet", "/run/berth.lock"], WrittenBy(web, static a => a.Add(Mappings).Succeeded()));
        Assert.Empty(WrittenBy(web, static a => a.Check(Mappings).Succeeded()));
        // It opens what an ADD would write, to know whether it could.
        Assert.Equal(
            ["/proc/sys/net/ipv4/conf/default/route_localnet", "/run/berth.lock"], WrittenBy(web, static a => a.Status().Succeeded()));
        Assert.Empty(WrittenBy(web, static a => a.Add(Mappings).Succeeded()));
        Assert.Equal(["/proc/sys/net/ipv4/conf/cni1/route_localnet", "/run/berth.lock"], WrittenBy(web, static a => a.Gc().Succeeded()));
        Assert.Empty(WrittenBy(web, static a => a.Del(Mappings).Succeeded()));
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void Every_verb_on_iptables_writes_its_lock_the_sysctl_and_the_lock_of_legacy_iptables(Toolset toolset)
    {
        using Node node = new();
        Attachment web = (node.AddPod("web").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        string[] change = toolset == Toolset.Legacy ? ["/run/berth-iptables.lock", "/run/xtables.lock"] : ["/run/berth-iptables.lock"];

        Assert.Equal(
            ["/proc/sys/net/ipv4/conf/cni1/route_localnet", .. change], WrittenBy(web, static a => a.Add(Mappings).Succeeded()));
        Assert.Empty(WrittenBy(web, static a => a.Check(Mappings).Succeeded()));
        Assert.Equal(
            ["/proc/sys/net/ipv4/conf/default/route_localnet", "/run/berth-iptables.lock"], WrittenBy(web, static a => a.Status().Succeeded()));
        Assert.Equal(["/run/berth-iptables.lock"], WrittenBy(web, static a => a.Gc(a).Succeeded()));
        Assert.Equal(change, WrittenBy(web, static a => a.Del(Mappings).Succeeded()));
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("doctor")]
    [InlineData("snapshot")]
    [InlineData("explain", "tcp", "192.0.2.2", "192.0.2.1:8080", "--in", "uplink")]
    public void To_look_at_a_node_nothing_is_written(params string[] command)
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        using Node node = new();
        node.AddPod("web").Attachment.Add(Mappings).Succeeded();
        string trace = Path.GetTempFileName();

        CommandOutput output = Command.Run(node.NetnsPath, "strace", ["-f", "-qqq", "-o", trace, "-e", "trace=%file", "--", berth, .. command]);

        Assert.Contains(output.ExitCode, (int[])[0, 1, 3]);
        Assert.Empty(Written(trace));
    }

    private static string[] WrittenBy(Attachment attachment, Action<Attachment> call)
    {
        string trace = Path.GetTempFileName();
        call(attachment with { Under = ["strace", "-f", "-qqq", "-o", trace, "-e", "trace=%file", "--"] });
        return Written(trace);
    }

    private static string[] Written(string trace)
    {
        string[] lines = File.ReadAllLines(trace);
        File.Delete(trace);
        Assert.NotEmpty(lines);
        return [.. lines.Where(static line => Changes().IsMatch(line) && !line.Contains(" = -1 ", StringComparison.Ordinal))
            .Select(static line => FirstPath().Match(line).Groups[1].Value)
            .Where(static path => path != "/dev/null")
            .Distinct().Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"open(at)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC)| (creat|unlink|unlinkat|rename\w*|mkdir\w*|rmdir|mknod\w*|link|linkat|symlink\w*|truncate|chmod|fchmodat\w*|chown|lchown|fchownat|utime\w*|mount|umount2)\(")]
    private static partial Regex Changes();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex FirstPath();
}
