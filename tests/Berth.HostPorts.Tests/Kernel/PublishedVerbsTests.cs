using System.Text.Json;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>GC and STATUS of the published plugin, in BERTH_PORTMAP.</summary>
public class PublishedVerbsTests : KernelTests
{
    private const string Configuration = """{"cniVersion": "1.1.0", "name": "podnet", "type": "portmap"EXTRA}""";

    private readonly string _portmap;

    public PublishedVerbsTests()
    {
        string? portmap = Environment.GetEnvironmentVariable("BERTH_PORTMAP");
        Assert.SkipUnless(File.Exists(portmap), "needs the published portmap: set BERTH_PORTMAP to it (eng/publish makes it)");
        _portmap = portmap;
    }

    [Fact]
    public void STATUS_succeeds_with_the_privilege_to_change_nf_tables()
    {
        Tool status = Call("STATUS", "");

        Assert.True(status.ExitCode == 0, status.Output + status.Errors);
        Assert.Equal("", status.Output);
    }

    [Fact]
    public void STATUS_is_code_50_without_it_and_names_the_capability()
    {
        Tool status = Call("STATUS", "", "setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");

        Assert.Equal(1, status.ExitCode);
        JsonElement error = JsonDocument.Parse(status.Output).RootElement;
        Assert.Equal(50, error.GetProperty("code").GetInt32());
        Assert.Contains("CAP_NET_ADMIN", error.GetProperty("msg").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void GC_takes_what_is_not_alive_and_leaves_the_rest()
    {
        Backend.Add(Pod(1), Ports(8080));
        Backend.Add(Pod(2), Ports(8081));

        Tool gc = Call("GC", """, "cni.dev/valid-attachments": [{"containerID": "c1", "ifname": "eth0"}]""");

        Assert.True(gc.ExitCode == 0, gc.Output + gc.Errors);
        Assert.Equal("", gc.Output);
        Backend.Check(Pod(1), Ports(8080));
        Assert.Throws<HostPortException>(() => Backend.Check(Pod(2), Ports(8081)));
        Assert.Single(Connection.Elements(new TableSets(Berth.NfTables.NfFamily.Ip).Attachments));
    }

    [Fact]
    public void GC_without_a_list_takes_nothing_and_with_an_empty_one_all()
    {
        Backend.Add(Pod(1), Ports(8080));

        Assert.Equal(0, Call("GC", "").ExitCode);
        Backend.Check(Pod(1), Ports(8080));

        Assert.Equal(0, Call("GC", """, "cni.dev/valid-attachments": []""").ExitCode);
        Assert.Equal(0, Elements());
    }

    [Fact]
    public void GC_of_another_network_takes_nothing()
    {
        Backend.Add(Pod(1) with { Id = new AttachmentId("other", "c1", "eth0") }, Ports(8080));
        int before = Elements();

        Assert.Equal(0, Call("GC", """, "cni.dev/valid-attachments": []""").ExitCode);

        Assert.Equal(before, Elements());
    }

    private Tool Call(string verb, string extra, params string[] wrapper)
    {
        string[] command = [.. wrapper, _portmap];
        return Tool.Try(
            command[0],
            command[1..],
            Configuration.Replace("EXTRA", extra, StringComparison.Ordinal),
            new Dictionary<string, string> { ["CNI_COMMAND"] = verb, ["CNI_PATH"] = "/opt/cni/bin" });
    }
}
