using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

/// <summary>A dual-stack network whose conflist we wrote, and not Podman; gone when disposed.</summary>
internal sealed class PodmanNetwork : IDisposable
{
    private readonly PodmanEngine _podman;
    private readonly string _name;

    internal PodmanNetwork(PodmanEngine podman, string name, string version, string portmap = Conflist.Portmap)
    {
        _podman = podman;
        _name = name;
        Directory.CreateDirectory(PodmanEngine.NetworksPath);
        File.WriteAllText(
            $"{PodmanEngine.NetworksPath}/{name}.conflist",
            Conflist.Text(name, "cni-own", "10.91.0", "fd00:91", version, portmap));
    }

    public void Dispose() => _podman.Try("network", "rm", "--force", _name);
}
