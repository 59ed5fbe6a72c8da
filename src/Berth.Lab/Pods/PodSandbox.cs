using System.Buffers;
using System.Net;
using System.Text.Json;
using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.Manifests;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>Gives a pod namespaces of its own for network and host name and lets CNI plugins wire it, as a container runtime does; and
/// takes all of it away.</summary>
internal sealed class PodSandbox(NodeMachine node, NetworkConfigurationList network, IReadOnlyList<string> plugins, Programs programs)
{
    // Of the kernel: HOST_NAME_MAX less one.
    private const int LongestHostName = 63;

    private readonly PluginChain _chain = new(
        network, plugins, new ResultCache(node.Directory + "/cni"), start => EnterNode(node, start));

    /// <summary>Makes the namespace and runs ADD. After a failure nothing is left.</summary>
    /// <exception cref="CniException">A plugin failed.</exception>
    public (Place Place, IPAddress Address) Create(PodRecord pod)
    {
        NetworkNamespace space = NetworkNamespace.Create();
        space.BindTo(NamespaceFile(pod));
        try
        {
            CniResult result = _chain.Add(Attachment(pod));
            IPAddress address = result.Ips.Select(static ip => ip.Address)
                .FirstOrDefault(static ip => ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
                ?? throw CniException.Internal("the plugins gave the pod no IPv4 address");
            return (Prepare(pod, space), address);
        }
        catch
        {
            try
            {
                _chain.Del(Attachment(pod));
            }
            catch (CniException)
            {
                // What ADD could not do is said; DEL after it can only add to that.
            }

            space.Dispose();
            Unbind(pod);
            throw;
        }
    }

    /// <summary>Runs DEL and removes the namespace.</summary>
    /// <exception cref="CniException">A plugin failed.</exception>
    public void Remove(PodRecord pod)
    {
        _chain.Del(Attachment(pod));
        pod.Place?.Namespace.Dispose();
        Unbind(pod);
    }

    private static string NamespaceFile(PodRecord pod) => LabDirectories.Namespace(LabDirectories.PodFile(pod.Namespace, pod.Name));

    private static string HostNameFile(PodRecord pod) => $"{LabDirectories.HostNames}/{LabDirectories.PodFile(pod.Namespace, pod.Name)}";

    // What a container runtime makes besides: loopback, which CNI leaves to it, and a host name of the pod's own.
    private Place Prepare(PodRecord pod, NetworkNamespace space)
    {
        string file = HostNameFile(pod);
        Directory.CreateDirectory(LabDirectories.HostNames);
        File.Create(file).Dispose();
        Place network = new($"pod {pod}", space, [$"--net={NamespaceFile(pod)}"]);
        programs.Must(
            network, "unshare", [$"--uts={file}", "--", "sh", "-ec", "ip link set lo up; hostname \"$1\"", "sh", HostNameOf(pod)]);
        network.SetSysctl("net.ipv4.ip_unprivileged_port_start", "0");
        return network with { Enter = [.. network.Enter, $"--uts={file}"] };
    }

    // The kubelet cuts a name that is too long for the kernel, and leaves no dot or dash at its end.
    private static string HostNameOf(PodRecord pod) =>
        pod.Name.Length <= LongestHostName ? pod.Name : pod.Name[..LongestHostName].TrimEnd('-', '.');

    private static void Unbind(PodRecord pod)
    {
        NetworkNamespace.Unbind(NamespaceFile(pod));
        if (File.Exists(HostNameFile(pod)))
        {
            NetworkNamespace.Unbind(HostNameFile(pod));
        }
    }

    private static void EnterNode(NodeMachine node, System.Diagnostics.ProcessStartInfo start)
    {
        string plugin = start.FileName;
        start.FileName = "nsenter";
        foreach (string argument in (IEnumerable<string>)[.. node.Place.Enter, "--", plugin])
        {
            start.ArgumentList.Add(argument);
        }
    }

    private static ChainAttachment Attachment(PodRecord pod) => new()
    {
        ContainerId = pod.ContainerId,
        NetNs = NamespaceFile(pod),
        Args =
        [
            new("IgnoreUnknown", "1"),
            new("K8S_POD_NAMESPACE", pod.Namespace),
            new("K8S_POD_NAME", pod.Name),
            new("K8S_POD_INFRA_CONTAINER_ID", pod.ContainerId),
            new("K8S_POD_UID", pod.Uid),
        ],
        CapabilityArgs = Capabilities(pod),
    };

    private static JsonElement Capabilities(PodRecord pod)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("portMappings"u8);
            foreach (HostPortClaim claim in HostPortClaim.Of(pod.Spec))
            {
                json.WriteStartObject();
                json.WriteNumber("hostPort"u8, claim.Port);
                json.WriteNumber("containerPort"u8, claim.Entry.Port?.Value ?? claim.Port);
                json.WriteString("protocol"u8, claim.Protocol == "UDP" ? "udp" : "tcp");
                if (claim.HostIP != HostPortClaim.AnyAddress)
                {
                    json.WriteString("hostIP"u8, claim.HostIP);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.WrittenMemory.ToArray()).RootElement;
    }
}
