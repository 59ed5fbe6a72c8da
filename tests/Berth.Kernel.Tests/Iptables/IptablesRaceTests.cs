using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Others change the same tables, at the worst of times.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesRaceTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void Chains_that_another_plugin_makes_between_reading_and_writing_are_kept(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset);

        Intruding(attachment, toolset, """
            iptables -t nat -N CNI-HOSTPORT-DNAT
            iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
            iptables -t nat -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment theirs -j RETURN
            """).Add(Web).Succeeded();

        attachment.Check(Web).Succeeded();
        string table = node.Save(toolset, Family.IPv4);
        Assert.Contains("theirs", table, StringComparison.Ordinal);
        Assert.Single(table.Split('\n'), static line => line.StartsWith("-A PREROUTING", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void A_rule_that_somebody_removes_between_reading_and_writing_does_not_stop_DEL(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset);
        attachment.Add(Web).Succeeded();

        // DEL prefers the programs that say their flavour.
        Intruding(attachment, toolset, "iptables -t nat -F CNI-HOSTPORT-DNAT", toolset == Toolset.Nft ? "-nft" : "-legacy")
            .Del(Web).Succeeded();

        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void The_first_family_is_taken_back_even_when_another_plugin_uses_by_then_what_all_share(Toolset toolset)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(toolset).With("conditionsV6", """["--nonsense"]""");

        Intruding(attachment, toolset, "iptables -t nat -A CNI-HOSTPORT-DNAT -p tcp -j RETURN", before: "ip6tables")
            .Add(Web).Failed();

        string table = node.Save(toolset);
        Assert.DoesNotContain("CNI-DN-", table, StringComparison.Ordinal);
        Assert.Contains("-A CNI-HOSTPORT-DNAT -p tcp -j RETURN", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Toolset.Nft, "iptables -t nat -F; iptables -t nat -X")]
    [InlineData(Toolset.Nft, "nft delete table ip nat")]
    [InlineData(Toolset.Legacy, "iptables -t nat -F; iptables -t nat -X")]
    public void A_table_that_goes_between_reading_and_writing_is_made_anew_by_ADD_and_no_reason_for_DEL_to_fail(
        Toolset toolset, string goes)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment attachment = web.Attachment.On(toolset);
        Attachment other = node.AddPod("other").Attachment.On(toolset);
        other.Add(new PortMapping(8081, 80)).Succeeded();

        Intruding(attachment, toolset, goes).Add(Web).Succeeded();
        attachment.Check(Web).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);

        Intruding(attachment, toolset, goes, toolset == Toolset.Nft ? "-nft" : "-legacy").Del(Web).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080));
        Assert.Single(node.Save(toolset).Split('\n'), static line => line.StartsWith(":CNI-DN-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void Whoever_is_overtaken_each_time_gives_up_says_so_and_leaves_nothing(Toolset toolset)
    {
        using Node node = new();
        Attachment attachment = node.AddPod("web").Attachment.On(toolset);

        // The chain that all share is there whenever it is to be made, and gone whenever it is to be used.
        PluginResult result = Intruding(attachment, toolset, """
            if iptables -t nat -S CNI-HOSTPORT-DNAT >/dev/null 2>&1; then
            iptables -t nat -F; iptables -t nat -X
            else
            iptables -t nat -N CNI-HOSTPORT-DNAT
            fi
            """, once: false).Add(Web).Failed();

        Assert.Contains("iptables", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
        attachment.Add(Web).Succeeded();
        attachment.Check(Web).Succeeded();
    }

    [Fact]
    public void The_lock_of_legacy_iptables_is_waited_for()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Thread holder;
        using (FileStream held = new("/run/xtables.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            bool isDone = false;
            holder = new Thread(() =>
            {
                web.Attachment.On(Toolset.Legacy).Add(Web).Succeeded();
                Volatile.Write(ref isDone, true);
            });
            holder.Start();
            Assert.False(holder.Join(500));
            Assert.False(Volatile.Read(ref isDone));
        }

        holder.Join();
        web.Attachment.On(Toolset.Legacy).Check(Web).Succeeded();
    }

    [Fact]
    public void Without_the_sysctl_there_are_no_rules()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment.On(Toolset.Nft);
        string before = node.Save(Toolset.Nft);

        string script = Path.Combine(Toolsets.MakeDirectory("readonly"), "portmap");
        File.WriteAllText(script, $"#!/bin/sh\nexec unshare --mount sh -c 'mount -o remount,bind,ro /proc/sys 2>/dev/null || {{ mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys; }}; exec {Portmap.Program}'\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);

        PluginResult refused = (attachment with { Program = script }).Add(Web).Failed();

        Assert.Contains("route_localnet", refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Save(Toolset.Nft));
        attachment.Add(Web).Succeeded();
    }

    // A node whose iptables-restore lets somebody else go first, once or each time.
    private static Attachment Intruding(
        Attachment attachment, Toolset toolset, string script, string flavour = "", string before = "iptables", bool once = true)
    {
        string directory = Toolsets.MakeDirectory("intruding");
        foreach (string program in (string[])["save", "restore"])
        {
            string file = Path.Combine(directory, $"{before}{flavour}-{program}");
            string path = toolset.SearchPath();
            string intrusion = program == "save" ? "" :
                $"""
                if [ ! -e {directory}/done ]; then
                {(once ? "touch" : ":")} {directory}/done
                {script}
                fi
                """;
            File.WriteAllText(file, $"#!/bin/sh\nexport PATH={path}\n{intrusion}\nexec {before}-{program} \"$@\"\n");
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        return attachment with { SearchPath = $"{directory}:{toolset.SearchPath()}" };
    }
}
