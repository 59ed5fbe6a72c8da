using System.Diagnostics;
using System.Net.Sockets;
using Berth.Runtime.Tests.Containerd.Cri;
using Berth.Runtime.Tests.Ground;
using Grpc.Core;
using Grpc.Net.Client;

namespace Berth.Runtime.Tests.Containerd;

/// <summary>Debian's containerd with its CRI plugin, as a kubelet would find it; skips the test when it cannot run a
/// pod on this machine at all.</summary>
public sealed class ContainerdDaemon : IDisposable
{
    internal const string Image = "localhost/workload:latest";
    internal const string NetworksPath = Home + "/net.d";

    private const string Home = Node.Root + "/containerd";
    private const string SocketPath = "/run/containerd/containerd.sock";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(cancellation) },
    });

    private readonly string? _unusable;
    private Process? _process;

    public ContainerdDaemon()
    {
        Runtime = new RuntimeService.RuntimeServiceClient(_channel);
        Directory.CreateDirectory(NetworksPath);
        UseNetworkVersion("1.0.0");
        File.WriteAllText(Home + "/config.toml", $"""
            version = 2
            root = "/var/lib/containerd"
            state = "/run/containerd"
            [grpc]
            address = "{SocketPath}"
            [plugins."io.containerd.grpc.v1.cri"]
            sandbox_image = "{Image}"
            disable_apparmor = true
            restrict_oom_score_adj = true
            [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "native"
            [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "{CniPlugins.Path}"
            conf_dir = "{NetworksPath}"
            """);
        _unusable = Command.Run("containerd", "--version").ExitCode == 0 ? null : "there is no containerd";
        if (_unusable is null)
        {
            Start();
            Import();
            _unusable = Probe();
        }
    }

    internal RuntimeService.RuntimeServiceClient Runtime { get; }

    internal void Require() => Assert.SkipWhen(_unusable is not null, _unusable ?? string.Empty);

    /// <summary>Rewrites the network of all pods; the daemon reads it when it starts.</summary>
    internal static void UseNetworkVersion(string version) => File.WriteAllText(
        NetworksPath + "/10-pods.conflist",
        Conflist.Text("pods", "cni-pods", "10.92.0", "fd00:92", version, Conflist.Portmap));

    /// <summary>Starts the daemon and waits until it serves pods.</summary>
    internal void Start()
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec containerd --config {Home}/config.toml >>{Home}/log 2>&1"]);
        _process = Process.Start(start)!;
        Stopwatch watch = Stopwatch.StartNew();
        while (!IsReady())
        {
            Assert.True(
                watch.Elapsed < StartLimit && !_process.HasExited,
                $"containerd did not become ready:\n{File.ReadAllText(Home + "/log")}");
            Thread.Sleep(50);
        }
    }

    /// <summary>Kills the daemon alone: its pods live on.</summary>
    internal void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    internal void Restart()
    {
        Kill();
        Start();
    }

    /// <summary>Takes down whatever pods there are.</summary>
    internal void RemoveAll()
    {
        foreach (PodSandbox sandbox in Runtime.ListPodSandbox(new ListPodSandboxRequest()).Items)
        {
            Runtime.StopPodSandbox(new StopPodSandboxRequest { PodSandboxId = sandbox.Id });
            Runtime.RemovePodSandbox(new RemovePodSandboxRequest { PodSandboxId = sandbox.Id });
        }
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            RemoveAll();
            Kill();
        }

        _channel.Dispose();
    }

    private static async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Import()
    {
        OciImage.Write(Home + "/image.tar", Workload.Archive, Image);
        Command.Succeed(
            "ctr", "--namespace", "k8s.io", "images", "import", "--snapshotter", "native", Home + "/image.tar");
    }

    private bool IsReady()
    {
        try
        {
            StatusResponse response = Runtime.Status(new StatusRequest(), deadline: DateTime.UtcNow.AddSeconds(10));
            return response.Status.Conditions.Count > 0 && response.Status.Conditions.All(c => c.Status);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
            or StatusCode.Unimplemented or StatusCode.Unknown)
        {
            return false;
        }
    }

    // A pod in the node's own network: no CNI plugin runs for it. When it fails, containerd or runc cannot work here.
    private string? Probe()
    {
        try
        {
            Pod probe = new(this, "probe", hostNetwork: true);
            probe.Serve();
            probe.Remove();
            return null;
        }
        catch (RpcException e)
        {
            return $"containerd cannot run a pod without network here: {e.Status.Detail}";
        }
    }
}
