using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Privilege;

/// <summary>What docs/security.md says that a command needs: it runs with exactly that, and says what is missing without.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class CapabilityTests
{
    private static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp")];

    private static readonly string OfNode = Documented("`berth ls`");

    [Fact]
    public void On_nftables_every_verb_runs_with_what_is_documented_and_nothing_else()
    {
        using Node node = new();
        Pod pod = node.AddPod("web");
        pod.Serve(80);
        Attachment web = With(pod.Attachment with { CniVersion = "1.1.0" }, Documented("`portmap` on nftables"));

        web.Status().Succeeded();
        Assert.Empty(web.Add(Mappings).Succeeded().Output.Stderr);
        web.Check(Mappings).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
        Assert.Empty(web.Gc(web).Succeeded().Output.Stderr);
        Assert.Equal("web", node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Empty(web.Del(Mappings).Succeeded().Output.Stderr);
        Assert.Empty(Tables.Elements(node));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("CHECK")]
    [InlineData("GC")]
    [InlineData("STATUS")]
    public void Without_any_capability_every_verb_names_the_one_that_it_needs_and_changes_nothing(string verb)
    {
        using Node node = new();
        Attachment sound = node.AddPod("web").Attachment with { CniVersion = "1.1.0" };
        sound.Add(Mappings).Succeeded();
        string[] elements = Tables.Elements(node);
        Attachment web = With(sound);

        PluginResult result = verb switch
        {
            "GC" => web.Gc(),
            "STATUS" => web.Status(),
            _ => web.Call(verb, Mappings),
        };

        Assert.Contains("CAP_NET_ADMIN", result.Failed().ErrorText, StringComparison.Ordinal);
        Assert.Equal(elements, Tables.Elements(node));
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void On_iptables_every_verb_runs_with_what_is_documented_and_nothing_else(Toolset toolset)
    {
        // "The same", and CAP_NET_RAW too, say the two rows behind that of nftables.
        string ofLegacy = Documented("`portmap` on iptables-legacy");
        string capabilities = Documented("`portmap` on nftables") + (toolset == Toolset.Legacy ? $",+{ofLegacy}" : "");
        Assert.Equal(("net_raw", ""), (ofLegacy, Documented("`portmap` on iptables-nft")));
        using Node node = new();
        Pod pod = node.AddPod("web");
        pod.Serve(80);
        Attachment web = With((pod.Attachment with { CniVersion = "1.1.0" }).On(toolset), capabilities);

        web.Status().Succeeded();
        web.Add(Mappings).Succeeded();
        web.Check(Mappings).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        web.Gc(web).Succeeded();
        web.Del(Mappings).Succeeded();

        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
    }

    /// <summary>What iptables needs, what there is of it, and every verb.</summary>
    public static TheoryData<Toolset, string, string, string> Lacking { get; } = new(
        from verb in (string[])["ADD", "CHECK", "DEL", "GC", "STATUS"]
        from lacking in ((Toolset, string, string)[])
            [(Toolset.Nft, "", "CAP_NET_ADMIN"), (Toolset.Legacy, "", "CAP_NET_ADMIN"), (Toolset.Legacy, "net_admin", "CAP_NET_RAW")]
        select (lacking.Item1, lacking.Item2, lacking.Item3, verb));

    [Theory]
    [MemberData(nameof(Lacking))]
    public void On_iptables_every_verb_names_the_one_that_is_missing_and_changes_nothing(
        Toolset toolset, string capabilities, string missing, string verb)
    {
        using Node node = new();
        Attachment sound = (node.AddPod("web").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        sound.Add(Mappings).Succeeded();
        string rules = node.Save(toolset);
        Attachment web = With(sound, capabilities);

        PluginResult result = verb switch
        {
            "GC" => web.Gc(),
            "STATUS" => web.Status(),
            _ => web.Call(verb, Mappings),
        };

        Assert.Contains(missing, result.Failed().ErrorText, StringComparison.Ordinal);
        Assert.Equal(rules, node.Save(toolset));
    }

    [Theory]
    [InlineData("net_admin", "nfTables")]
    [InlineData("net_raw", "legacyIptables")]
    [InlineData("sys_ptrace", "processes")]
    [InlineData("dac_read_search", "processes")]
    public void To_look_at_a_node_berth_names_what_it_could_not_read_and_the_capability_for_it(string missing, string part)
    {
        string berth = Berth();
        using Node node = new();
        node.AddPod("web").Attachment.On(Toolset.Legacy).Add(Mappings).Succeeded();
        using System.Diagnostics.Process anothers = ListenAsAnother(node);
        string[] all = OfNode.Split(",+");
        Assert.Contains(missing, all);
        string rest = string.Join(",+", all.Except([missing]));

        foreach (string command in (string[])["ls", "doctor", "snapshot"])
        {
            CommandOutput output = Look(node, rest, berth, command);

            Assert.Contains("not read: ", output.Stderr, StringComparison.Ordinal);
            Assert.Contains(part, output.Stderr, StringComparison.Ordinal);
            Assert.Contains($"CAP_{missing.ToUpperInvariant()}", output.Stderr, StringComparison.Ordinal);
        }

        string text = Words(Look(node, rest, berth, [.. Explain]));
        if (part == "processes")
        {
            // Where the packet goes does not hang on it.
            string end = text[text.IndexOf("socket of somebody on", StringComparison.Ordinal)..];
            Assert.Contains($"CAP_{missing.ToUpperInvariant()}", end, StringComparison.Ordinal);
        }
        else
        {
            // Its answer holds what it could not read, and what hangs on it.
            Assert.StartsWith("depends on what could not be found out", text, StringComparison.Ordinal);
            Assert.Contains($"CAP_{missing.ToUpperInvariant()}", text[text.IndexOf("not read:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }

        anothers.Kill();
    }

    [Fact]
    public void To_look_at_a_node_berth_needs_these_and_with_them_reads_what_it_reads_with_all()
    {
        string berth = Berth();
        using Node node = new();
        node.AddPod("web").Attachment.Add(Mappings).Succeeded();
        node.AddPod("other").Attachment.On(Toolset.Legacy).Add(new PortMapping(9090, 80)).Succeeded();
        using System.Diagnostics.Process anothers = ListenAsAnother(node);

        Assert.All<string[]>([["ls"], ["doctor"], ["snapshot"], [.. Explain]], command =>
        {
            CommandOutput sound = Look(node, null, berth, command);
            CommandOutput output = Look(node, OfNode, berth, command);

            Assert.True(output.ExitCode is 0 or 1, output.Stderr);
            Assert.Equal((sound.ExitCode, ""), (output.ExitCode, output.Stderr));
            Assert.DoesNotContain("not read", output.Stdout, StringComparison.Ordinal);
            Assert.DoesNotContain("somebody", output.Stdout, StringComparison.Ordinal);
            if (command[0] == "snapshot")
            {
                // Of each part its state, for times and counts are of the moment.
                Assert.Equal(States(sound.Stdout), States(output.Stdout));
                Assert.DoesNotContain("Unreadable", States(output.Stdout), StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(sound.Stdout, output.Stdout);
            }
        });
        anothers.Kill();
    }

    [Fact]
    public void Where_the_control_groups_are_hidden_CAP_SYS_ADMIN_is_needed_too_and_named()
    {
        string berth = Berth();
        using Node node = new();
        Assert.SkipUnless(node.Run("sh", "-c", "grep -q ' - cgroup2 ' /proc/self/mountinfo").ExitCode == 0, "no control groups of version 2 are mounted");
        string too = Documented("the same, where other mounts hide the control groups");

        CommandOutput without = Look(node, OfNode, berth, ["snapshot"], isHidden: true);
        CommandOutput with = Look(node, $"{OfNode},+{too}", berth, ["snapshot"], isHidden: true);

        Assert.Contains($"needs root (CAP_{too.ToUpperInvariant()})", without.Stderr, StringComparison.Ordinal);
        Assert.Equal((0, ""), (with.ExitCode, with.Stderr));
    }

    [Theory]
    [InlineData("fit", "--nodes", "3", "{}")]
    [InlineData("lint", "{}")]
    [InlineData("ls", "--snapshot", "{}")]
    [InlineData("doctor", "--snapshot", "{}")]
    [InlineData("explain", "--snapshot", "{}", "tcp", "192.0.2.2", "192.0.2.1:8080", "--in", "uplink")]
    public void To_read_files_berth_needs_no_privilege(params string[] command)
    {
        string berth = Berth();
        using Node node = new();
        node.AddPod("web").Attachment.Add(Mappings).Succeeded();
        string file = Path.GetTempFileName();
        File.WriteAllText(file, command.Contains("--snapshot")
            ? node.Run(berth, "snapshot").Stdout
            : """{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web" }, "spec": { "containers": [ { "name": "c", "image": "i" } ] } }""");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        string[] words = [.. command.Select(word => word == "{}" ? file : word)];

        CommandOutput asRoot = node.Run(berth, words);
        CommandOutput asNobody = node.Run("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. Only(), berth, .. words]);

        File.Delete(file);
        Assert.True(asRoot.ExitCode is 0 or 1, asRoot.Stdout + asRoot.Stderr);
        Assert.Equal(asRoot, asNobody);
    }

    [Fact]
    public void A_mapping_on_nftables_is_made_without_CAP_NET_RAW_where_legacy_iptables_has_rules_and_DEL_and_GC_name_it()
    {
        using Node node = new();
        Attachment sound = node.AddPod("web").Attachment with { CniVersion = "1.1.0" };
        (node.AddPod("other").Attachment with { CniVersion = "1.1.0" }).On(Toolset.Legacy).Add(new PortMapping(9090, 80)).Succeeded();
        Attachment web = With(sound, "net_admin");

        PluginResult added = web.Add(Mappings).Succeeded();

        Assert.Contains("CAP_NET_RAW", added.Output.Stderr, StringComparison.Ordinal);
        web.Check(Mappings).Succeeded();
        Assert.Contains("CAP_NET_RAW", web.Gc(web).Failed().ErrorText, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_RAW", web.Del(Mappings).Failed().ErrorText, StringComparison.Ordinal);
        sound.Del(Mappings).Succeeded();
    }

    private const string Lab = """
        name: privilege
        nodes: [{ name: node-1 }]
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
        probes:
          - { from: outside, to: "node/node-1:8080", expect: web }

        """;

    [Fact]
    public void A_lab_runs_with_what_is_documented_and_nothing_else()
    {
        using Node node = new();

        CommandOutput output = RunLab(node, Documented("`berth lab run`"), """
            "$1" lab run "$2" && "$1" lab up "$2" && "$1" lab exec node-1 -- echo inside && "$1" lab ps && "$1" lab down privilege && "$1" lab ps
            """);

        string text = output.Succeeded("berth lab");
        Assert.Contains("1 of 1 as expected", text, StringComparison.Ordinal);
        Assert.Contains("inside", text, StringComparison.Ordinal);
        Assert.Contains("web", text[text.LastIndexOf("inside", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("no lab is running", output.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("up")]
    public void A_lab_names_each_one_that_root_in_a_container_may_lack_and_makes_nothing(string verb)
    {
        using Node node = new();
        string[] all = [.. Documented("`berth lab run`").Split(",+")];
        Assert.Equal(3, all.Length);
        foreach (string missing in all)
        {
            CommandOutput output = RunLab(node, string.Join(",+", all.Except([missing])), $"\"$1\" lab {verb} \"$2\"; code=$?; \"$1\" lab ps; exit $code");

            Assert.Equal(2, output.ExitCode);
            Assert.Contains($"(CAP_{missing.ToUpperInvariant()})", output.Stderr, StringComparison.Ordinal);
            Assert.Contains("no lab is running", output.Stderr, StringComparison.Ordinal);
        }
    }

    private static CommandOutput RunLab(Node node, string capabilities, string script)
    {
        string berth = Berth();
        string lab = Path.GetTempFileName();
        File.WriteAllText(lab, Lab);
        CommandOutput output = Command.Run(
            node.NetnsPath, "setpriv", [.. Only(capabilities), "sh", "-c", script, "sh", berth, lab],
            environment: new Dictionary<string, string> { ["BERTH_PORTMAP"] = Portmap.Program });
        File.Delete(lab);
        return output;
    }

    // A process of another user, with a socket that somebody must be found for.
    private static System.Diagnostics.Process ListenAsAnother(Node node)
    {
        const string Listen = """use IO::Socket::INET; $| = 1; $s = IO::Socket::INET->new(Listen => 1, LocalPort => 9999) or die; print "ready\n"; sleep 60""";
        System.Diagnostics.ProcessStartInfo start = new(
            "nsenter", [$"--net={node.NetnsPath}", "setpriv", "--reuid=65534", "--clear-groups", "perl", "-e", Listen])
        {
            RedirectStandardOutput = true,
        };
        System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    [Theory]
    [InlineData("VERSION")]
    [InlineData("")]
    public void To_say_what_it_is_it_needs_nothing(string command)
    {
        using Node node = new();
        CommandOutput output = Command.Run(
            node.NetnsPath, "setpriv", [.. Only(), Portmap.Program], "{\"cniVersion\":\"1.0.0\"}",
            new Dictionary<string, string> { ["CNI_COMMAND"] = command });
        Assert.Equal(0, output.ExitCode);
    }

    private static readonly string[] Explain = ["explain", "tcp", "192.0.2.2", "192.0.2.1:9999", "--in", "uplink"];

    private static string Berth()
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        return berth;
    }

    // Without privilege but for these, or as root is when null. The tests' own /sys hides what is mounted in the machine's.
    private static CommandOutput Look(Node node, string? capabilities, string berth, string[] command, bool isHidden = false)
    {
        string mount = isHidden ? "mount -t tmpfs tmpfs /sys/fs/cgroup" : "{ ! [ -d /sys/fs/cgroup ] || mount -t cgroup2 none /sys/fs/cgroup; }";
        string[] under = capabilities is null ? [] : ["setpriv", .. Only(capabilities)];
        return node.Run("unshare", ["--mount", "sh", "-c", mount + " && exec \"$@\"", "sh", .. under, berth, .. command]);
    }

    private static CommandOutput Look(Node node, string? capabilities, string berth, string command) => Look(node, capabilities, berth, [command]);

    private static string Words(CommandOutput output) => string.Join(' ', output.Stdout.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // "name status", of each part of a snapshot.
    private static string States(string snapshot) => string.Join('\n', System.Text.Json.Nodes.JsonNode.Parse(snapshot)!.AsObject()
        .Where(static part => part.Value is System.Text.Json.Nodes.JsonObject one && one.ContainsKey("status"))
        .Select(static part => $"{part.Key} {part.Value!["status"]}"));

    // What docs/security.md has in the row that begins so, as setpriv has it: "net_admin,+net_raw".
    private static string Documented(string command)
    {
        string row = Assert.Single(Document.Read("docs/security.md").Split('\n'), line => line.StartsWith($"| {command}", StringComparison.Ordinal));
        string needs = row.Split('|')[2].Split(';')[0];
        return string.Join(",+", System.Text.RegularExpressions.Regex.Matches(needs, "CAP_([A-Z_]+)").Select(static match => match.Groups[1].Value.ToLowerInvariant()));
    }

    private static Attachment With(Attachment attachment, string capabilities = "") =>
        attachment with { Under = ["setpriv", .. Only(capabilities)] };

    // Root without them: its files are its own, and nothing else is.
    private static string[] Only(string capabilities = "")
    {
        string set = capabilities.Length == 0 ? "-all" : $"-all,+{capabilities}";
        return [$"--bounding-set={set}", $"--inh-caps={set}", "--"];
    }
}
