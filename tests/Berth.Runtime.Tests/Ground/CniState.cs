namespace Berth.Runtime.Tests.Ground;

/// <summary>What libcni and host-local keep on disk for the attachments that they believe in.</summary>
internal static class CniState
{
    /// <summary>The names of libcni's cached results.</summary>
    internal static IReadOnlyList<string> Cache => Files("/var/lib/cni/results");

    /// <summary>The addresses that host-local has given away.</summary>
    internal static IReadOnlyList<string> Leases =>
        [.. Files("/var/lib/cni/networks").Where(f => System.Net.IPAddress.TryParse(f, out _))];

    /// <summary>Fails when anything of a pod is left: in Berth's tables, in libcni's cache, or an address.</summary>
    internal static void AssertNothingIsLeft()
    {
        Assert.Empty(HostPorts.Remains);
        Assert.Empty(Cache);
        Assert.Empty(Leases);
    }

    private static List<string> Files(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f))]
        : [];
}
