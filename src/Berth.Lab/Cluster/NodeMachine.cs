using System.Diagnostics;
using System.Net;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>A node: namespaces of its own for network, mounts and its host name, held by a process that does nothing else. Its
/// /var/lib/cni and /var/log/pods are its own too, as on a machine.</summary>
internal sealed class NodeMachine
{
    // The dump of the CNI cache and the pods' directory: what berth ls reads of a node.
    private const string Hold = """
        set -e
        hostname "$1"
        mount -n --bind "$2/cni" /var/lib/cni
        mount -n --bind "$2/pods" /var/log/pods
        echo ready
        exec sleep infinity
        """;

    private NodeMachine(NodeEntry entry, int number, int holder, Place place)
    {
        Entry = entry;
        Number = number;
        Holder = holder;
        Place = place;
    }

    public NodeEntry Entry { get; }

    public string Name => Entry.Name;

    public IPAddress Address => Entry.Address;

    /// <summary>From 1; the third octet of its pods' addresses.</summary>
    public int Number { get; }

    /// <summary>The process that holds the namespaces.</summary>
    public int Holder { get; }

    public Place Place { get; }

    /// <summary>Its directory: below it, <c>cni</c> is its /var/lib/cni.</summary>
    public string Directory => LabDirectories.OfNode(Name);

    public static NodeMachine Create(NodeEntry entry, int number, Place home, Programs programs)
    {
        string directory = LabDirectories.OfNode(entry.Name);
        System.IO.Directory.CreateDirectory(directory + "/cni");
        System.IO.Directory.CreateDirectory(directory + "/pods");
        Process holder = programs.Start(
            home, "unshare",
            ["--net", "--mount", "--uts", "--propagation", "slave", "--", "sh", "-c", Hold, "sh", entry.Name, directory]);
        holder.StandardInput.Close();
        if (holder.StandardOutput.ReadLine() != "ready")
        {
            throw new LabException($"node {entry.Name} cannot be made: {holder.StandardError.ReadToEnd().Trim()}");
        }

        NetworkNamespace network = NetworkNamespace.Open($"/proc/{holder.Id}/ns/net");
        network.BindTo(LabDirectories.Namespace(entry.Name));
        string target = holder.Id.ToString();
        // The root too: where this process runs in a chroot, entering the mounts alone would lead out of it.
        Place place = new($"node {entry.Name}", network, ["--target", target, "--net", "--mount", "--uts", "--root"]);
        NodeMachine node = new(entry, number, holder.Id, place);
        node.Prepare();
        return node;
    }

    /// <summary>The network of its pods.</summary>
    public string PodCidr(NetworkEntry network) => $"{Prefix(network)}.0/24";

    /// <summary>Its own address in the overlay: flannel's.</summary>
    public string OverlayAddress(NetworkEntry network) => $"{Prefix(network)}.0";

    /// <summary>The address of its pods' gateway.</summary>
    public string Gateway(NetworkEntry network) => $"{Prefix(network)}.1";

    /// <summary>The hardware address of its end of the overlay.</summary>
    public string OverlayHardwareAddress => $"02:be:00:00:00:{Number:x2}";

    private string Prefix(NetworkEntry network)
    {
        byte[] bytes = network.PodCidr.BaseAddress.GetAddressBytes();
        return $"{bytes[0]}.{bytes[1]}.{Number}";
    }

    private void Prepare()
    {
        Place.SetSysctl("net.ipv4.ip_forward", "1");

        // kube-proxy's documentation asks for it: what a bridge passes on must meet the rules as well. Without br_netfilter
        // there is no such parameter.
        Place.SetSysctl("net.bridge.bridge-nf-call-iptables", "1");

        // A port that is refused must say so each time.
        Place.SetSysctl("net.ipv4.icmp_ratelimit", "0");
    }
}
