using System.Buffers;
using System.Net;
using System.Text.Json;
using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.Manifests;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>Gives a pod a network namespace of its own and lets CNI plugins wire it, as a container runtime does; and takes both
/// away.</summary>
internal sealed class PodSandbox(NodeMachine node, NetworkConfigurationList network, IReadOnlyList<string> plugins)
{
    private readonly PluginChain _chain = new(
        network, plugins, new ResultCache(node.Directory + "/cni"), start => EnterNode(node, start));

    /// <summary>Makes the namespace and runs ADD. After a failure nothing is left.</summary>
    /// <exception cref="CniException">A plugin failed.</exception>
    public (Place Place, IPAddress Address) Create(PodRecord pod)
    {
        string file = LabDirectories.Namespace(NamespaceOf(pod));
        NetworkNamespace space = NetworkNamespace.Create();
        space.BindTo(file);
        try
        {
            CniResult result = _chain.Add(Attachment(pod));
            IPAddress address = result.Ips.Select(static ip => ip.Address)
                .FirstOrDefault(static ip => ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
                ?? throw CniException.Internal("the plugins gave the pod no IPv4 address");
            Place place = new($"pod {pod}", space, [$"--net={file}"]);

            // As container runtimes do; and loopback, which CNI leaves to them.
            place.SetSysctl("net.ipv4.ip_unprivileged_port_start", "0");
            return (place, address);
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
            NetworkNamespace.Unbind(file);
            throw;
        }
    }

    /// <summary>Runs DEL and removes the namespace.</summary>
    /// <exception cref="CniException">A plugin failed.</exception>
    public void Remove(PodRecord pod)
    {
        _chain.Del(Attachment(pod));
        pod.Place?.Namespace.Dispose();
        NetworkNamespace.Unbind(LabDirectories.Namespace(NamespaceOf(pod)));
    }

    /// <summary>The name of a pod's network namespace.</summary>
    public static string NamespaceOf(PodRecord pod) =>
        pod.Namespace == "default" ? pod.Name : $"{pod.Namespace}_{pod.Name}";

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
        NetNs = LabDirectories.Namespace(NamespaceOf(pod)),
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
