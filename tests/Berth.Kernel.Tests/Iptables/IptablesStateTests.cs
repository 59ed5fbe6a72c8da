using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>What the iptables backend leaves behind, and when it refuses.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesStateTests
{
    private const string Chain = "CNI-DN-";

    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Dns = new(53, 53, "udp", "192.0.2.1");

    /// <summary>Both flavours.</summary>
    public static TheoryData<Toolset> Both { get; } = new(Toolsets.All);

    /// <summary>Both flavours and families, and what removes containers' chains.</summary>
    public static MatrixTheoryData<Toolset, Family, string> VerbsThatRemove { get; } =
        new(Toolsets.All, [Family.IPv4, Family.IPv6], ["DEL", "GC"]);

    /// <summary>Both flavours, and what is wrong with the IPv6 rules.</summary>
    public static TheoryData<Toolset, string> Broken { get; } = new MatrixTheoryData<Toolset, string>(
        Toolsets.All, ["""["--nonsense"]""", """["-m", "nomatch"]""", """["-d", "192.0.2.1"]""", """["-j", "ACCEPT"]"""]);

    [Theory]
    [MemberData(nameof(Broken))]
    public void An_ADD_that_fails_leaves_nothing_in_either_family(Toolset toolset, string conditions)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        _ = node.Save(toolset);
        string before = node.Save(toolset);

        PluginResult result = web.Attachment.On(toolset).With("conditionsV6", conditions).Add(Web).Failed();

        Assert.Equal(before, node.Save(toolset));
        Assert.Contains("ip6tables", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal("0", node.Sysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void An_ADD_that_iptables_refuses_names_the_key_and_the_rule(Toolset toolset)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.On(toolset);

        foreach (string key in (string[])["conditionsV4", "conditionsV6"])
        {
            string error = web.With(key, """["--nonsense"]""").Add(Web).Failed().ErrorText;

            Assert.Contains($"{key}: ", error, StringComparison.Ordinal);
            Assert.Contains("--dports 8080 --nonsense -j CNI-DN-", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void An_ADD_that_fails_leaves_other_containers_alone(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        other.Attachment.On(toolset).Add(new PortMapping(8081, 80)).Succeeded();
        string before = node.Save(toolset);

        web.Attachment.On(toolset).With("conditionsV6", """["--nonsense"]""").Add(Web).Failed();

        Assert.Equal(before, node.Save(toolset));
    }

    [Theory]
    [InlineData(Toolset.Nft, "conditionsV4")]
    [InlineData(Toolset.Nft, "conditionsV6")]
    [InlineData(Toolset.Nft, "route_localnet")]
    [InlineData(Toolset.Legacy, "conditionsV4")]
    [InlineData(Toolset.Legacy, "conditionsV6")]
    [InlineData(Toolset.Legacy, "route_localnet")]
    public void A_repeated_ADD_that_fails_leaves_the_container_what_it_had(Toolset toolset, string failing)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment.On(toolset);
        Attachment other = node.AddPod("other").Attachment.On(toolset);
        PortMapping newest = new(8081, 81);
        web.Add(Web, Dns).Succeeded();
        other.Add(newest, Dns).Succeeded();
        string before = node.Save(toolset);
        Attachment broken = failing == "route_localnet"
            ? LastOf("pwrite64").Fail(web, "EIO", "/dev/null")
            : web.With(failing, """["--nonsense"]""");

        // It stood last, and would have to stand first.
        broken.Add(Web, newest, new PortMapping(9090, 90, "udp")).Failed();

        Assert.Equal(before, node.Save(toolset));
        web.Check(Web, Dns).Succeeded();
        other.Check(newest, Dns).Succeeded();

        SystemCall LastOf(string name)
        {
            node.SetSysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet", "0");
            SystemCall last = SystemCall.Of(web, w => w.Add(Web, newest, new PortMapping(9090, 90, "udp")).Succeeded())
                .Last(call => call.Name == name);
            web.Del(Web).Succeeded();
            other.Del(newest).Succeeded();
            web.Add(Web, Dns).Succeeded();
            other.Add(newest, Dns).Succeeded();
            Assert.Equal(before, node.Save(toolset));
            node.SetSysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet", "0");
            return last;
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_chain_of_somebody_else_s_that_marks_must_exist(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        _ = node.Save(toolset);
        string before = node.Save(toolset);
        Attachment attachment = web.Attachment.On(toolset).With("externalSetMarkChain", "\"KUBE-MARK-MASQ\"");

        PluginResult refused = attachment.Add(Web).Failed();
        Assert.Contains("KUBE-MARK-MASQ", refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Save(toolset));

        attachment.With("snat", "false").Add(Web).Succeeded();
        attachment.With("snat", "false").Del(Web).Succeeded();
        node.Iptables(toolset, Family.IPv4, "", "-t", "nat", "-N", "KUBE-MARK-MASQ");
        node.Iptables(toolset, Family.IPv6, "", "-t", "nat", "-N", "KUBE-MARK-MASQ");
        attachment.Add(Web).Succeeded();
        Assert.Contains("-j KUBE-MARK-MASQ", node.Save(toolset), StringComparison.Ordinal);
        Assert.DoesNotContain("CNI-HOSTPORT-SETMARK", node.Save(toolset), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void ADD_twice_is_ADD_once(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Attachment.On(toolset).Add(Web, Dns).Succeeded();
        other.Attachment.On(toolset).Add(new PortMapping(8081, 80)).Succeeded();
        string before = node.Save(toolset);

        web.Attachment.On(toolset).Add(Web, Dns).Succeeded();

        Assert.Equal(before, node.Save(toolset));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Many_at_once_on_a_fresh_node_all_get_their_rules(Toolset toolset)
    {
        const int Count = 16;
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset);
        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = Count }, i =>
            (attachment with { ContainerId = $"many-{i}" }).Add(new PortMapping(9000 + i, 80)).Succeeded());

        string table = node.Save(toolset, Family.IPv4);
        Assert.Equal(Count, Lines(table, "-A CNI-HOSTPORT-DNAT"));
        Assert.Equal(1, Lines(table, "-A PREROUTING"));
        Assert.Equal(1, Lines(table, "-A CNI-HOSTPORT-SETMARK"));

        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = Count }, i =>
            (attachment with { ContainerId = $"many-{i}" }).Del(new PortMapping(9000 + i, 80)).Succeeded());
        Assert.Equal(0, Lines(node.Save(toolset), $":{Chain}"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void CHECK_finds_everything_that_is_not_as_it_should_be(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset).With("conditionsV6", """["!", "--source", "fd00::/8"]""");
        foreach (Family family in (Family[])[Family.IPv4, Family.IPv6])
        {
            attachment.Add(Web, Dns).Succeeded();
            attachment.Check(Web, Dns).Succeeded();
            string sound = node.Save(toolset, family);
            string chain = sound.Split('\n').First(static line => line.StartsWith($":{Chain}", StringComparison.Ordinal)).Split(' ')[0][1..];
            List<string> defects =
            [
                "-D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
                "-D OUTPUT 1",
                "-F POSTROUTING",
                "-F CNI-HOSTPORT-DNAT",
                "-D CNI-HOSTPORT-DNAT 2",
                "-F CNI-HOSTPORT-MASQ",
                "-F CNI-HOSTPORT-SETMARK",
                $"-F {chain}",
                $"-D {chain} 1",
                $"-I {chain} 1 -p tcp -j RETURN",
                $"-A {chain} -p tcp --dport 8080 -j RETURN",
                $"-I CNI-HOSTPORT-DNAT 1 -p tcp -j {chain}",
            ];
            foreach (string defect in defects)
            {
                node.Iptables(toolset, family, "", ["-t", "nat", .. defect.Split(' ')]);
                Assert.True(attachment.Check(Web, Dns).Output.ExitCode != 0, $"{family}: not found: {defect}");
                Restore(node, toolset, family, sound);
                attachment.Check(Web, Dns).Succeeded();
            }

            attachment.Check(Web).Failed();
            attachment.Check(Web, Dns with { ContainerPort = 54 }).Failed();
            attachment.With("masqAll", "true").Check(Web, Dns).Failed();
            attachment.With("markMasqBit", "3").Check(Web, Dns).Failed();
            attachment.With("conditionsV4", """["-s", "10.0.0.0/8"]""").Check(Web, Dns).Failed();
            (attachment with { IPv4 = Plan.Pod(Family.IPv4, 1, 77) }).Check(Web, Dns).Failed();
            (attachment with { IPv6 = null }).Check(Web, Dns).Failed();
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void GC_removes_the_network_s_containers_that_are_not_listed(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment alive = web.Attachment.On(toolset);
        alive.Add(Web).Succeeded();
        string only = node.Save(toolset);
        (alive with { Network = "elsewhere", ContainerId = "dead" }).Add(new PortMapping(81, 80)).Succeeded();
        string both = node.Save(toolset);
        (alive with { ContainerId = "dead" }).Add(new PortMapping(82, 80)).Succeeded();
        (alive with { ContainerId = new string('d', 300) }).Add(new PortMapping(83, 80)).Succeeded();

        alive.Gc(alive).Succeeded();
        Assert.Equal(both, node.Save(toolset));

        (alive with { Network = "elsewhere" }).Gc().Succeeded();
        Assert.Equal(only, node.Save(toolset));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void DEL_finds_the_rules_whichever_flavour_is_installed_and_whatever_the_backend_is_now(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset);
        attachment.Add(Web, Dns).Succeeded();

        attachment.On(toolset == Toolset.Nft ? Toolset.Legacy : Toolset.Nft).With("backend", "\"nftables\"")
            .Call("DEL", null).Succeeded();

        Assert.Equal(0, Lines(node.Save(toolset), $":{Chain}"));
        Assert.Equal(0, Lines(node.Save(toolset), "-A CNI-HOSTPORT-DNAT"));
        Assert.Equal(2, Lines(node.Save(toolset), ":CNI-HOSTPORT-DNAT"));
    }

    [Theory]
    [MemberData(nameof(VerbsThatRemove))]
    public void The_chains_of_very_old_versions_go_too(Toolset toolset, Family family, string verb)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset);
        attachment.Add(Web).Succeeded();
        string chain = node.Save(toolset).Split('\n').First(static line => line.StartsWith($":{Chain}", StringComparison.Ordinal))
            .Split(' ')[0][1..].Replace("-DN-", "-SN-", StringComparison.Ordinal);
        string pod = $"{web.Address(family)}/{(family == Family.IPv4 ? 32 : 128)}";
        Restore(node, toolset, family,
            $"""
            *nat
            :CNI-HOSTPORT-SNAT - [0:0]
            :{chain} - [0:0]
            -A CNI-HOSTPORT-SNAT -m comment --comment "snat name: \"podnet\" id: \"{attachment.ContainerId}\"" -j {chain}
            -A {chain} -s {pod} -d {pod} -p tcp -m tcp --dport 80 -j MASQUERADE
            COMMIT

            """, "--noflush");
        Assert.Contains($"-j {chain}", node.Save(toolset), StringComparison.Ordinal);

        if (verb == "GC")
        {
            attachment.Gc(attachment).Succeeded();
            Assert.Contains($"-j {chain}", node.Save(toolset), StringComparison.Ordinal);
            attachment.Gc().Succeeded();
        }
        else
        {
            attachment.Del(Web).Succeeded();
        }

        Assert.DoesNotContain(chain, node.Save(toolset), StringComparison.Ordinal);
        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "nft", "iptables-restore ip6tables-restore", "", "iptables-restore ip6tables-restore",
        "iptables-save", "iptables-save iptables-restore", "iptables-save iptables-restore ip6tables-restore")]
    [InlineData(
        "legacy", "iptables-save ip6tables-save iptables-restore ip6tables-restore", "iptables-save ip6tables-save",
        "iptables-save iptables-restore ip6tables-save ip6tables-restore",
        "iptables-save ip6tables-save", "iptables-save iptables-restore ip6tables-save",
        "iptables-save iptables-restore ip6tables-save ip6tables-restore")]
    public void A_call_runs_one_restore_a_family_and_where_the_kernel_cannot_be_asked_one_save(
        string flavour, string add, string again, string delete, string conditionalAgain, string conditionalCheck,
        string conditionalDelete)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        string directory = Toolsets.MakeDirectory("counted");
        string witness = Path.Combine(directory, "witness");
        foreach (string name in (string[])["iptables", "ip6tables"])
        {
            foreach (string suffix in (string[])["-save", "-restore"])
            {
                // By its link's end, as distributions have it, a program tells which flavour it is of.
                string file = Path.Combine(directory, $"{flavour}-{name}{suffix}");
                File.WriteAllText(file, $"#!/bin/sh\necho {name}{suffix} >>{witness}\nexec {name}-{flavour}{suffix} \"$@\"\n");
                File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
                File.CreateSymbolicLink(Path.Combine(directory, name + suffix), file);
                File.CreateSymbolicLink(Path.Combine(directory, $"{name}-{flavour}{suffix}"), file);
                File.WriteAllText(file, File.ReadAllText(file).Replace($"exec {name}", $"exec /usr/sbin/{name}", StringComparison.Ordinal));
            }
        }

        Attachment attachment = web.Attachment.With("backend", "\"iptables\"") with
        {
            SearchPath = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}",
        };

        Assert.Equal(add, Ran(() => attachment.Add(Web).Succeeded()));
        Assert.Equal(again, Ran(() => attachment.Add(Web).Succeeded()));
        Assert.Equal(again, Ran(() => attachment.Check(Web).Succeeded()));
        Assert.Equal(delete, Ran(() => attachment.Del(Web).Succeeded()));

        // Conditions only iptables can compare: where a container has some, the table is what the program prints.
        attachment = attachment.With("conditionsV4", """["-i", "uplink"]""");
        Assert.Equal(add, Ran(() => attachment.Add(Web).Succeeded()));
        Assert.Equal(conditionalAgain, Ran(() => attachment.Add(Web).Succeeded()));
        Assert.Equal(conditionalCheck, Ran(() => attachment.Check(Web).Succeeded()));
        Assert.Equal(conditionalDelete, Ran(() => attachment.Del(Web).Succeeded()));

        string Ran(Action call)
        {
            File.Delete(witness);
            call();
            return File.Exists(witness) ? File.ReadAllText(witness).Trim().Replace('\n', ' ') : "";
        }
    }

    [Fact]
    public void DEL_and_GC_run_no_program_when_nothing_of_iptables_is_there()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        string directory = Toolsets.MakeDirectory("watched");
        string witness = Path.Combine(directory, "witness");
        foreach (string name in (string[])["iptables", "ip6tables"])
        {
            foreach (string kind in (string[])["", "-nft", "-legacy"])
            {
                foreach (string suffix in (string[])["", "-save", "-restore"])
                {
                    string file = Path.Combine(directory, name + kind + suffix);
                    File.WriteAllText(file, $"#!/bin/sh\necho $0 $* >>{witness}\nexit 1\n");
                    File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
                }
            }
        }

        // Other tables of legacy iptables, and chains of others, are no reason.
        node.Iptables(Toolset.Legacy, Family.IPv4, "", "-t", "nat", "-N", "KUBE-SERVICES");
        node.Iptables(Toolset.Nft, Family.IPv4, "", "-t", "nat", "-N", "KUBE-SERVICES");
        Attachment attachment = web.Attachment with { SearchPath = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}" };

        attachment.Add(Web).Succeeded();
        attachment.Check(Web).Succeeded();
        attachment.Gc(attachment).Succeeded();
        attachment.Del(Web).Succeeded();
        Assert.False(File.Exists(witness), File.Exists(witness) ? File.ReadAllText(witness) : "");

        // The watch is worth something: where there is a chain, they are run.
        attachment.On(Toolset.Nft).Add(Web).Succeeded();
        attachment.Del(Web).Failed();
        Assert.True(File.Exists(witness));
    }

    [Theory]
    [InlineData("markMasqBit", "7")]
    [InlineData("externalSetMarkChain", "\"SOMEBODYS-MARK\"")]
    [InlineData("conditionsV4", """["-s", "192.0.2.0/24"]""")]
    [InlineData("conditionsV6", """["!", "-s", "2001:db8::/32"]""")]
    public void What_only_iptables_knows_is_served_by_iptables_without_being_asked(string key, string json)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        node.Iptables(Toolset.Nft, Family.IPv4, "", "-t", "nat", "-N", "SOMEBODYS-MARK");
        node.Iptables(Toolset.Nft, Family.IPv6, "", "-t", "nat", "-N", "SOMEBODYS-MARK");
        Attachment attachment = (web.Attachment with { HasBackend = false, SearchPath = Toolset.Nft.SearchPath() }).With(key, json);

        attachment.Add(Web).Succeeded();
        attachment.Check(Web).Succeeded();

        Assert.Contains("CNI-HOSTPORT-DNAT", node.Save(Toolset.Nft), StringComparison.Ordinal);
        Assert.DoesNotContain("ip berth", Tables.All(node));
        attachment.Del(Web).Succeeded();
        Assert.Equal(0, Lines(node.Save(Toolset.Nft), $":{Chain}"));
    }

    [Fact]
    public void Anything_else_is_served_by_nftables_without_being_asked()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        (web.Attachment with { HasBackend = false }).Add(Web).Succeeded();

        Assert.Contains("ip berth", Tables.All(node));
        Assert.DoesNotContain("ip nat", Tables.All(node));
    }

    private static int Lines(string table, string start) =>
        table.Split('\n').Count(line => line.StartsWith(start, StringComparison.Ordinal));

    private static void Restore(Node node, Toolset toolset, Family family, string table, params string[] arguments) => Command.Run(
        node.NetnsPath, family == Family.IPv4 ? "iptables-restore" : "ip6tables-restore", arguments, table,
        new Dictionary<string, string> { ["PATH"] = toolset.SearchPath() }).Succeeded("restore");
}
