using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Privilege;

/// <summary>What docs/security.md says that a command needs: it runs with exactly that, and says what is missing without.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class CapabilityTests
{
    private static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp")];

    [Fact]
    public void On_nftables_every_verb_runs_with_CAP_NET_ADMIN_alone()
    {
        using Node node = new();
        Pod pod = node.AddPod("web");
        pod.Serve(80);
        Attachment web = With(pod.Attachment with { CniVersion = "1.1.0" }, "net_admin");

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
    [InlineData(Toolset.Nft, "net_admin")]
    [InlineData(Toolset.Legacy, "net_admin,+net_raw")]
    public void On_iptables_every_verb_runs_with_these_alone(Toolset toolset, string capabilities)
    {
        using Node node = new();
        Pod pod = node.AddPod("web");
        pod.Serve(80);
        Attachment web = With((pod.Attachment with { CniVersion = "1.1.0" }).On(toolset), capabilities);

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
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        using Node node = new();
        node.AddPod("web").Attachment.On(Toolset.Legacy).Add(Mappings).Succeeded();
        using System.Diagnostics.Process anothers = ListenAsAnother(node);
        string[] rest = [.. ((string[])["net_admin", "net_raw", "sys_ptrace", "dac_read_search"]).Except([missing])];

        foreach (string command in (string[])["ls", "doctor", "snapshot"])
        {
            CommandOutput output = node.Run("setpriv", [.. Only(string.Join(",+", rest)), berth, command]);

            Assert.Contains("not read: ", output.Stderr, StringComparison.Ordinal);
            Assert.Contains(part, output.Stderr, StringComparison.Ordinal);
            Assert.Contains($"CAP_{missing.ToUpperInvariant()}", output.Stderr, StringComparison.Ordinal);
        }

        if (part != "processes")
        {
            // Its answer holds what it could not read, and what hangs on it.
            CommandOutput output = node.Run(
                "setpriv", [.. Only(string.Join(",+", rest)), berth, "explain", "tcp", "192.0.2.2", "192.0.2.1:8080", "--in", "uplink"]);
            string text = string.Join(' ', output.Stdout.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith("depends on what could not be found out", text, StringComparison.Ordinal);
            Assert.Contains($"CAP_{missing.ToUpperInvariant()}", text[text.IndexOf("not read:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }

        anothers.Kill();
    }

    [Theory]
    [InlineData("fit", "--nodes", "3", "{}")]
    [InlineData("lint", "{}")]
    [InlineData("ls", "--snapshot", "{}")]
    [InlineData("doctor", "--snapshot", "{}")]
    [InlineData("explain", "--snapshot", "{}", "tcp", "192.0.2.2", "192.0.2.1:8080", "--in", "uplink")]
    public void To_read_files_berth_needs_no_privilege(params string[] command)
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
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

    [Fact]
    public void A_lab_says_what_root_in_a_container_may_lack()
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        using Node node = new();
        string lab = Path.GetTempFileName();
        File.WriteAllText(lab, "name: lab\nnodes: [{ name: node-1 }]\n");

        CommandOutput output = node.Run("setpriv", [.. Only("net_admin"), berth, "lab", "run", lab]);

        File.Delete(lab);
        Assert.Equal(2, output.ExitCode);
        Assert.Contains("CAP_SYS_ADMIN", output.Stderr, StringComparison.Ordinal);
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

    [Fact]
    public void To_look_at_a_node_berth_reads_everything_with_these_and_says_what_it_could_not_without()
    {
        string berth = Path.Combine(Path.GetDirectoryName(Portmap.Program)!, "berth");
        Assert.SkipUnless(File.Exists(berth), "no published berth stands beside the plugin");
        using Node node = new();
        node.AddPod("web").Attachment.Add(Mappings).Succeeded();

        CommandOutput all = node.Run("setpriv", [.. Only("net_admin,+net_raw,+sys_ptrace,+dac_read_search"), berth, "ls"]);
        CommandOutput none = node.Run("setpriv", [.. Only(), berth, "ls"]);

        Assert.Equal((0, ""), (all.ExitCode, all.Stderr));
        Assert.Contains("8080", all.Stdout, StringComparison.Ordinal);
        Assert.Contains("not read: nfTables", none.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("8080", none.Stdout, StringComparison.Ordinal);
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

    private static Attachment With(Attachment attachment, string capabilities = "") =>
        attachment with { Under = ["setpriv", .. Only(capabilities)] };

    // Root without them: its files are its own, and nothing else is.
    private static string[] Only(string capabilities = "")
    {
        string set = capabilities.Length == 0 ? "-all" : $"-all,+{capabilities}";
        return [$"--bounding-set={set}", $"--inh-caps={set}", "--"];
    }
}
