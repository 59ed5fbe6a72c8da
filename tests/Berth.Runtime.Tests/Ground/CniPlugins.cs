namespace Berth.Runtime.Tests.Ground;

/// <summary>The directory of CNI plugins that both runtimes use: Debian's, with the published portmap in place of
/// theirs.</summary>
internal static class CniPlugins
{
    internal const string Path = Node.Root + "/cni-bin";

    private const string DebianPath = "/usr/lib/cni";

    internal static string Portmap => Path + "/portmap";

    private static string Published => Environment.GetEnvironmentVariable("BERTH_PORTMAP")
        ?? throw new InvalidOperationException("BERTH_PORTMAP must hold the absolute path of a published portmap");

    internal static void Install()
    {
        Directory.CreateDirectory(Path);
        foreach (string name in new[] { "bridge", "host-local", "loopback", "firewall", "tuning" })
        {
            File.Copy($"{DebianPath}/{name}", $"{Path}/{name}");
        }

        Use(Published);
    }

    /// <summary>Notes every call of portmap until disposed.</summary>
    internal static Recording Record() => new(Published);

    /// <summary>Puts a file in portmap's place as an operator would on a live node: by a rename.</summary>
    internal static void Use(string file)
    {
        File.Copy(file, Portmap + ".new", overwrite: true);
        File.Move(Portmap + ".new", Portmap, overwrite: true);
    }

    internal static void UsePublished() => Use(Published);

    /// <summary>Debian's own portmap, in the same place.</summary>
    internal static void UseReference() => Use(DebianPath + "/portmap");
}
