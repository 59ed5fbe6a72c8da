using Berth.Runtime.Tests.Containerd.Cri;

namespace Berth.Runtime.Tests.Containerd;

/// <summary>A pod as a kubelet makes it: a sandbox with port mappings, then a container that serves under the pod's
/// name.</summary>
internal sealed class Pod
{
    private readonly ContainerdDaemon _containerd;
    private readonly PodSandboxConfig _config;

    /// <summary>Runs the sandbox: CNI's ADD is done when this returns.</summary>
    internal Pod(ContainerdDaemon containerd, string name, params PortMapping[] ports)
        : this(containerd, name, hostNetwork: false, ports)
    {
    }

    internal Pod(ContainerdDaemon containerd, string name, bool hostNetwork, params PortMapping[] ports)
    {
        _containerd = containerd;
        Name = name;
        _config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = Guid.NewGuid().ToString() },
            Hostname = hostNetwork ? string.Empty : name,
            LogDirectory = "/var/log/pods/" + name,
            Linux = new LinuxPodSandboxConfig
            {
                SecurityContext = new LinuxSandboxSecurityContext
                {
                    NamespaceOptions = new NamespaceOption
                    {
                        Network = hostNetwork ? NamespaceMode.Node : NamespaceMode.Pod,
                        Pid = NamespaceMode.Container,
                    },
                },
            },
        };
        _config.PortMappings.AddRange(ports);
        Id = containerd.Runtime.RunPodSandbox(new RunPodSandboxRequest { Config = _config }).PodSandboxId;
    }

    internal string Name { get; }

    /// <summary>The sandbox's, which is CNI's container ID too.</summary>
    internal string Id { get; }

    internal PodSandboxStatus Status =>
        _containerd.Runtime.PodSandboxStatus(new PodSandboxStatusRequest { PodSandboxId = Id }).Status;

    internal Pod Serve()
    {
        CreateContainerRequest request = new()
        {
            PodSandboxId = Id,
            SandboxConfig = _config,
            Config = new ContainerConfig
            {
                Metadata = new ContainerMetadata { Name = "serve" },
                Image = new ImageSpec { Image = ContainerdDaemon.Image },
                LogPath = "serve.log",
            },
        };
        request.Config.Command.AddRange(["/bin/serve", Name]);
        string container = _containerd.Runtime.CreateContainer(request).ContainerId;
        _containerd.Runtime.StartContainer(new StartContainerRequest { ContainerId = container });
        return this;
    }

    internal void Stop() => _containerd.Runtime.StopPodSandbox(new StopPodSandboxRequest { PodSandboxId = Id });

    internal void Remove()
    {
        Stop();
        _containerd.Runtime.RemovePodSandbox(new RemovePodSandboxRequest { PodSandboxId = Id });
    }
}
