using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Libcni;

/// <summary><c>call.go</c>, built against Debian's libcni, the one that its Podman and containerd carry.</summary>
public sealed class LibcniProgram
{
    private const string Binary = Node.Root + "/libcni-call";

    private static readonly Dictionary<string, string> Environment = new()
    {
        ["CNI_PATH"] = CniPlugins.Path,
        ["GO111MODULE"] = "off",
        ["GOPATH"] = "/usr/share/gocode",
        ["GOCACHE"] = Node.Root + "/go-cache",
    };

    private readonly string? _unusable;

    public LibcniProgram()
    {
        if (Command.Run("sh", "-c", "command -v go").ExitCode != 0)
        {
            _unusable = "there is no Go compiler to build libcni with";
            return;
        }

        Command build = Command.Run(
            "go", ["build", "-o", Binary, Path.Combine(AppContext.BaseDirectory, "Libcni", "call.go")], Environment);
        Assert.True(build.ExitCode == 0, build.Stderr);
    }

    internal void Require() => Assert.SkipWhen(_unusable is not null, _unusable ?? string.Empty);

    internal Command Call(string verb, string conflist, string container, string netns, string ports) =>
        Command.Run(Binary, [verb, conflist, container, netns, ports], Environment);
}
