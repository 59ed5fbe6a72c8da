using Berth.Cni.Runtime;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Tests.State;

/// <summary>Who is alive, by the names of the cache's files.</summary>
public sealed class CachedContainersTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cni-cache-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("0123abcd", true)]
    [InlineData("web-1", true)]
    [InlineData("web", true)] // in doubt
    [InlineData("web-2", false)]
    [InlineData("0123abc", false)]
    [InlineData("1-eth0", false)]
    public void A_container_is_there_when_a_name_may_hold_it(string container, bool isThere)
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "results"));
        foreach (string name in (string[])["podnet-0123abcd-eth0", "a-net-with-hyphens-web-1-eth0"])
        {
            File.WriteAllText(Path.Combine(_directory.FullName, "results", name), "");
        }

        Assert.Equal(isThere, CachedContainers.Read(new ResultCache(_directory.FullName))!.Contains(container));
    }

    [Theory]
    [InlineData("0123", true)]
    [InlineData("web-1", true)]
    [InlineData("123", false)]
    [InlineData("web-2", false)]
    public void A_container_of_whose_ID_only_the_beginning_is_known_is_there_when_a_name_may_hold_it(string beginning, bool isThere) =>
        Assert.Equal(
            isThere, new CachedContainers(["podnet-0123abcd-eth0", "a-net-with-hyphens-web-1-eth0"]).MayContain(beginning));

    [Fact]
    public void An_empty_cache_knows_nobody_and_a_missing_one_is_no_cache()
    {
        Assert.Null(CachedContainers.Read(new ResultCache(_directory.FullName)));
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "results"));
        Assert.False(CachedContainers.Read(new ResultCache(_directory.FullName))!.Contains("c1"));
    }
}
