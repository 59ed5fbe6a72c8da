using System.Text;
using System.Text.Json;
using Berth.Cni.Runtime;

namespace Berth.Cni.Tests.Runtime;

public sealed class ResultCacheTests : IDisposable
{
    private const string List = """{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"a"}]}""";

    private readonly PluginDirectory _directory = new();

    private readonly ChainAttachment _attachment = new()
    {
        ContainerId = "pod1",
        NetNs = "/run/netns/pod1",
        Args = [new("K", "V")],
        CapabilityArgs = JsonDocument.Parse("""{"portMappings":[{"hostPort":80}]}""").RootElement,
    };

    private ResultCache Cache => new(_directory.Cache);

    private string EntryFile => Path.Combine(_directory.Cache, "results", "net-pod1-eth0");

    public void Dispose() => _directory.Dispose();

    // The keys, their order and the file's name are those of libcni 1.3.0 (libcni/api.go, cachedInfo and cacheAdd).
    [Fact]
    public void An_entry_is_written_in_libcnis_format()
    {
        Save();

        Assert.Equal(
            """{"kind":"cniCacheV1","containerId":"pod1","config":""" + $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(List))}\""
            + ""","ifName":"eth0","networkName":"net","netns":"/run/netns/pod1","cniArgs":[["K","V"]]"""
            + ""","capabilityArgs":{"portMappings":[{"hostPort":80}]},"result":{"cniVersion":"1.0.0","x":1}}""",
            File.ReadAllText(EntryFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(EntryFile));
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(EntryFile)!));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        Save();

        CachedAttachment entry = Cache.Load("net", "pod1", "eth0")!;

        Assert.Equal(("net", "pod1", "eth0", "/run/netns/pod1"), (entry.NetworkName, entry.ContainerId, entry.IfName, entry.NetNs));
        Assert.Equal(List, Encoding.UTF8.GetString(entry.Config.Span));
        Assert.Equal(1, entry.Result!.Value.GetProperty("x").GetInt32());
        Assert.Equal(80, entry.CapabilityArgs.GetProperty("portMappings")[0].GetProperty("hostPort").GetInt32());
        Assert.Equal("V", entry.Args["K"]);
        Assert.Equal("pod1", Assert.Single(Cache.LoadAll()).ContainerId);
    }

    [Fact]
    public void An_entry_is_removed_once_and_not_missed_twice()
    {
        Save();
        Cache.Delete("net", "pod1", "eth0");
        Cache.Delete("net", "pod1", "eth0");

        Assert.Null(Cache.Load("net", "pod1", "eth0"));
        Assert.Empty(Cache.LoadAll());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":"cniCacheV2","containerId":"pod1","ifName":"eth0","networkName":"net"}""")]
    public void An_entry_that_cannot_be_understood_counts_as_none(string text)
    {
        Save();
        File.WriteAllText(EntryFile, text);

        Assert.Null(Cache.Load("net", "pod1", "eth0"));
        Assert.Empty(Cache.LoadAll());
    }

    [Theory]
    [InlineData("../net", "pod1", "eth0")]
    [InlineData("net", "../pod1", "eth0")]
    [InlineData("net", "pod1", "../eth0")]
    public void A_name_that_leads_out_of_the_directory_is_refused(string network, string container, string interfaceName)
    {
        Assert.Throws<CniException>(() => Cache.Load(network, container, interfaceName));
    }

    private void Save() => Cache.Save(
        NetworkConfigurationList.Parse(Encoding.UTF8.GetBytes(List)), _attachment,
        CniResult.Parse(JsonDocument.Parse("""{"cniVersion":"1.0.0","x":1}""").RootElement, "1.0.0"));
}
