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
        Assert.Equal(
            ["/run/berth-conflict.lock"], WrittenBy(web.With("onConflict", "\"fail\""), static a => a.Add(Mappings).Succeeded()));
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

    /// <summary>What ADD refuses, on each backend.</summary>
    public static TheoryData<string, int, string> Refused { get; } = new(
        from backend in (string[])["nftables", "iptables"]
        from mapping in ((int, string)[])[(-1, "tcp"), (70_000, "tcp"), (8080, "\u001b[2J"), (8080, "sctp\n")]
        select (backend, mapping.Item1, mapping.Item2));

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_call_that_is_refused_writes_nothing(string backend, int port, string protocol)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.With("backend", $"\"{backend}\"");

        Assert.Empty(WrittenBy(web, a => a.Add(new PortMapping(port, 80, protocol)).Failed()));
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("doctor")]
    [InlineData("snapshot")]
    [InlineData("explain", "tcp", "192.0.2.2", "192.0.2.1:8080", "--in", "uplink")]
    public void To_look_at_a_node_nothing_is_written(params string[] command)
    {
        using Node node = new();
        node.AddPod("web").Attachment.Add(Mappings).Succeeded();

        Assert.Empty(WrittenBy(node, command));
    }

    [Theory]
    [InlineData("lint")]
    [InlineData("lint", "-o", "sarif")]
    [InlineData("fit", "--nodes", "3")]
    public void To_read_manifests_nothing_is_written(params string[] command)
    {
        using Node node = new();
        string manifests = Manifests();

        Assert.Empty(WrittenBy(node, [.. command, manifests]));

        File.Delete(manifests);
    }

    [Fact]
    public void A_baseline_is_written_beside_its_place_and_renamed()
    {
        using Node node = new();
        string manifests = Manifests();
        string directory = Directory.CreateTempSubdirectory("berth-").FullName;
        string baseline = Path.Combine(directory, "baseline.json");

        string[] written = WrittenBy(node, "lint", "--write-baseline", baseline, manifests);

        // A rename is seen by the name that it takes away.
        string draft = Assert.Single(written);
        Assert.StartsWith(baseline + ".", draft, StringComparison.Ordinal);
        Assert.EndsWith(".new", draft, StringComparison.Ordinal);
        Assert.Equal([baseline], Directory.GetFiles(directory));
        Directory.Delete(directory, recursive: true);
        File.Delete(manifests);
    }

    // Read-only from end to end: what writes to anything that it has not mounted itself fails.
    private const string ReadOnly = """
        set -e
        # Some stand where nobody gets, behind another one.
        findmnt --noheadings --raw --output TARGET | sort -r | while read -r mount; do
            mount -n -o remount,bind,ro "$mount" 2>/dev/null || true
        done
        for directory in / /tmp /run /var/lib /var/log /root /dev/shm; do
            if touch "$directory/written" 2>/dev/null; then echo "$directory is not read-only" && exit 1; fi
        done
        berth=$1 lab=$2
        "$berth" lab run "$lab"
        "$berth" lab up "$lab"
        "$berth" lab exec node-1 -- ip address >/dev/null
        "$berth" lab ps >/dev/null
        "$berth" lab down files
        """;

    [Fact]
    public void A_lab_writes_in_file_systems_of_its_own_and_nowhere_else()
    {
        string berth = Berth();
        using Node node = new();
        string lab = Path.GetTempFileName();
        File.WriteAllText(lab, """
            name: files
            nodes: [{ name: node-1 }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
            probes:
              - { from: outside, to: "node/node-1:8080", expect: web }
            """);

        CommandOutput output = Command.Run(
            node.NetnsPath, "unshare", ["--mount", "--net", "--", "sh", "-c", ReadOnly, "sh", berth, lab],
            environment: new Dictionary<string, string> { ["BERTH_PORTMAP"] = Portmap.Program });

        File.Delete(lab);
        Assert.Contains("1 of 1 as expected", output.Succeeded("berth lab on a file system that is read-only"), StringComparison.Ordinal);
    }

    private static string Manifests()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """
            { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web" },
              "spec": { "containers": [ { "name": "c", "image": "i", "ports": [ { "containerPort": 80, "hostPort": 80 }, { "containerPort": 81, "hostPort": 80 } ] } ] } }
            """);
        return file;
    }

    private static string Berth()
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        return berth;
    }

    private static string[] WrittenBy(Node node, params string[] command)
    {
        string berth = Berth();
        string trace = Path.GetTempFileName();
        CommandOutput output = Command.Run(node.NetnsPath, "strace", ["-f", "-qqq", "-o", trace, "-e", "trace=%file", "--", berth, .. command]);
        Assert.True(output.ExitCode is 0 or 1 or 3, $"{output.ExitCode} {output.Stderr}");
        return Written(trace);
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
