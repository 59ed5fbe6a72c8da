using System.Net;

namespace Berth.Manifests;

/// <summary>A service of the node itself, at a port where it usually is.</summary>
/// <param name="Name">The program.</param>
/// <param name="Port">Its TCP port.</param>
/// <param name="What">What it does there; null when there is but one.</param>
/// <param name="IsOnLoopback">Whether it listens on 127.0.0.1 alone.</param>
/// <param name="IsOfControlPlane">Whether it runs on the nodes of the control plane alone.</param>
internal sealed record NodeService(string Name, int Port, string? What = null, bool IsOnLoopback = false, bool IsOfControlPlane = false)
{
    // As kubeadm sets them up (https://kubernetes.io/docs/reference/networking/ports-and-protocols/).
    private static readonly NodeService[] All =
    [
        new("sshd", 22),
        new("kubelet", 10250),
        new("kubelet", 10255, "read-only"),
        new("kubelet", 10248, "health", IsOnLoopback: true),
        new("kube-proxy", 10256, "health"),
        new("kube-proxy", 10249, "metrics", IsOnLoopback: true),
        new("kube-apiserver", 6443, IsOfControlPlane: true),
        new("etcd", 2379, IsOfControlPlane: true),
        new("etcd", 2380, "peers", IsOfControlPlane: true),
        new("etcd", 2381, "metrics", IsOnLoopback: true, IsOfControlPlane: true),
        new("kube-controller-manager", 10257, IsOnLoopback: true, IsOfControlPlane: true),
        new("kube-scheduler", 10259, IsOnLoopback: true, IsOfControlPlane: true),
    ];

    public string Title => $"{Name}{(What is null ? "" : $" ({What})")} {(IsOfControlPlane ? "on the control plane" : "on the node")}";

    public FindingSeverity Severity => IsOfControlPlane ? FindingSeverity.Warning : FindingSeverity.Error;

    /// <summary>The service at a port, or null.</summary>
    public static NodeService? At(int port) => Array.Find(All, service => service.Port == port);

    /// <summary>Whether a claim of this address is in its way.</summary>
    public bool ListensOn(string hostIP) =>
        !IsOnLoopback || hostIP == HostPortClaim.AnyAddress || (HostAddress.TryParse(hostIP, out IPAddress address) && IPAddress.IsLoopback(address));

    /// <summary>Whether a container is this service itself.</summary>
    public bool IsRunBy(Container container) => container.Name == Name || ImageName(container) == Name;

    // registry.k8s.io:5000/etcd:3.5.0@sha256:... is etcd.
    private static string? ImageName(Container container) =>
        container.Image?.Value.Split('@')[0].Split('/')[^1].Split(':')[0];
}
