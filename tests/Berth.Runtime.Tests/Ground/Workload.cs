using System.Text.RegularExpressions;

namespace Berth.Runtime.Tests.Ground;

/// <summary>The root file system of every container: busybox, socat, and <c>/bin/serve NAME</c>, which answers with
/// its name and its client's address to each line on port 80, over TCP and UDP, IPv4 and IPv6.</summary>
internal static partial class Workload
{
    internal const string Rootfs = Node.Root + "/rootfs";
    internal const string Archive = Node.Root + "/rootfs.tar";

    internal static void Install()
    {
        foreach (string directory in new[] { "bin", "dev", "etc", "proc", "sys", "tmp" })
        {
            Directory.CreateDirectory($"{Rootfs}/{directory}");
        }

        Copy(Path.GetFullPath(Command.Succeed("sh", "-c", "command -v busybox")), "/bin/busybox");
        string socat = Command.Succeed("sh", "-c", "command -v socat");
        Copy(socat, "/bin/socat");
        foreach (Match library in Library().Matches(Command.Succeed("ldd", socat)))
        {
            Copy(library.Value, library.Value);
        }

        foreach (string applet in new[] { "sh", "echo", "sleep" })
        {
            File.CreateSymbolicLink($"{Rootfs}/bin/{applet}", "busybox");
        }

        File.WriteAllText($"{Rootfs}/bin/serve", """
            #!/bin/sh
            for listener in TCP6-LISTEN UDP6-RECVFROM; do
                socat "$listener:80,fork,reuseaddr,ipv6only=0" SYSTEM:"read question; echo $1 \$SOCAT_PEERADDR" &
            done
            wait
            """);
        File.SetUnixFileMode($"{Rootfs}/bin/serve", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Command.Succeed("tar", "-C", Rootfs, "-cf", Archive, ".");
    }

    private static void Copy(string file, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rootfs + to)!);
        Command.Succeed("cp", "--dereference", file, Rootfs + to);
    }

    [GeneratedRegex(@"/\S+")]
    private static partial Regex Library();
}
