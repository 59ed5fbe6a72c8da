using System.Net;
using System.Net.Sockets;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads lab files and says everything that is wrong with them, before anything is made.</summary>
public static class LabFileReader
{
    private const int LongestName = 40;
    private const int MostNodes = 200;

    private const string NoPlugin = "with overlay: none, for no plugin is called";

    // What portmap's configuration has besides.
    private static readonly string[] OwnKeys = ["type", "capabilities", "name", "cniVersion", "prevResult", "runtimeConfig"];

    // 192.0.2.0/24, of which 1 is the machine outside.
    private const int FirstNodeAddress = 11;

    /// <summary>Reads a file, and the files with manifests that it names.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static LabFileReading Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using FileStream stream = File.OpenRead(path);
        return Read(path, stream);
    }

    /// <summary>Reads a lab from a stream.</summary>
    /// <param name="path">The file's path, for positions and for the files that it names.</param>
    /// <param name="stream">Its content.</param>
    public static LabFileReading Read(string path, Stream stream)
    {
        LabFields fields = new();
        LabFile? file = fields.Part(() => ReadRoot(path, stream, fields));
        if (file is not null)
        {
            file = PrintedObjects.Create(file, fields);
            ObjectCheck.Run(file, fields);
            OrdinalCheck.Run(file, fields);
            ReplacementCheck.Run(file, fields);
            LabReferences.Check(file, fields);
        }

        // As one reads the file; those of files that it names stand behind.
        return new LabFileReading(
            fields.HasErrors ? null : file,
            [
                .. fields.Diagnostics.OrderBy(found => found.At.File != path).ThenBy(static found => found.At.File, StringComparer.Ordinal)
                    .ThenBy(static found => found.At.Line).ThenBy(static found => found.At.Column),
            ]);
    }

    private static LabFile ReadRoot(string path, Stream stream, LabFields fields)
    {
        List<ManifestNode> roots = [];
        foreach (DocumentText document in new DocumentSplitter(path, stream).Documents())
        {
            roots.AddRange(DocumentReader.Read(document, fields.Sink));
        }

        FieldReader root = roots switch
        {
            [MapNode map] => new FieldReader(map, null),
            [] => throw new ManifestFormatException(new Location(path, 1, 1), "this file is empty: docs/lab.md says what a lab is"),
            [MapNode, var second, ..] => throw new ManifestFormatException(
                second.At, "a lab is one document: put manifests under `manifests:`, or into a file of their own"),
            _ => throw new ManifestFormatException(roots[0].At, $"{roots[0].Describe()}, but a lab is a map: see docs/lab.md"),
        };
        fields.Only(
            root, "name", "description", "nodes", "network", "kubeProxy", "portmap", "images", "failedPods", "manifests", "probes",
            "steps");
        ManifestFields manifests = new(path, fields);
        if (root.Node.Find("network")?.Value is MapNode network && network.Find("overlay")?.Value is ScalarNode { Text: "none" })
        {
            fields.Useless(root, "portmap", NoPlugin);
        }

        return new LabFile
        {
            Path = path,
            Name = fields.Part(() => Name(path, root)) ?? "lab",
            Description = root.Text("description")?.Value.Trim() ?? "",
            Nodes = ReadNodes(root, fields),
            Network = fields.Part(() => ReadNetwork(root.Map("network"), fields)) ?? new(),
            KubeProxy = fields.Part(() => ReadKubeProxy(root.Map("kubeProxy"), fields)) ?? new(),
            Portmap = fields.Part(() => ReadPortmap(root.Map("portmap"), fields)) ?? new(),
            Images = ImageFields.Read(root, fields),
            MostFailedPods = LabFields.Number(root, "failedPods", LabFile.DefaultMostFailedPods, 1, 100),
            Manifests = manifests.Read(root, "manifests"),
            Probes = ProbeFields.Read(root, fields),
            Steps = StepFields.Read(root, manifests, fields),
            HasAllManifests = manifests.IsWhole,
        };
    }

    private static string Name(string path, FieldReader root)
    {
        Located<string> name = root.Text("name") ?? new(Path.GetFileNameWithoutExtension(path), root.At);
        return IsName(name.Value)
            ? name.Value
            : throw new ManifestFormatException(
                name.At,
                $"name: \"{name.Value}\", but must be lower-case letters, digits and dashes, at most {LongestName} of them");
    }

    internal static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static List<NodeEntry> ReadNodes(FieldReader root, LabFields fields)
    {
        List<NodeEntry> nodes = [];
        foreach (FieldReader node in fields.Maps(root, "nodes"))
        {
            if (fields.Part(() => ReadNode(node, nodes, fields)) is NodeEntry entry)
            {
                nodes.Add(entry);
            }
        }

        if (nodes.Count is 0 or > MostNodes && !fields.HasErrors)
        {
            fields.Error(root.At, $"nodes: {nodes.Count} of them, but must be between 1 and {MostNodes}, such as `- name: node-1`");
        }

        return nodes;
    }

    private static NodeEntry ReadNode(FieldReader node, List<NodeEntry> former, LabFields fields)
    {
        fields.Only(node, "name", "address", "addresses", "labels");
        Located<string> name = LabFields.Required(node, "name");
        if (!IsName(name.Value) || name.Value == "outside")
        {
            throw new ManifestFormatException(
                name.At, $"{node.PathOf("name")}: \"{name.Value}\", but must be lower-case letters, digits and dashes, and not outside");
        }

        if (former.Exists(other => other.Name == name.Value))
        {
            throw new ManifestFormatException(name.At, $"{node.PathOf("name")}: there are two nodes {name.Value}: rename one");
        }

        IPAddress address = node.Text("address") is Located<string> given
            ? NodeAddress(node.PathOf("address"), given)
            : IPAddress.Parse($"192.0.2.{FirstNodeAddress + former.Count}");
        List<IPAddress> more = [];
        foreach (Located<string> text in node.Texts("addresses"))
        {
            IPAddress further = NodeAddress(node.PathOf("addresses"), text);
            if (further.Equals(address) || more.Contains(further))
            {
                throw new ManifestFormatException(text.At, $"{node.PathOf("addresses")}: {name.Value} has {further} already: remove it");
            }

            more.Add(further);
        }

        foreach (IPAddress own in (IEnumerable<IPAddress>)[address, .. more])
        {
            if (former.Exists(other => other.Address.Equals(own) || other.MoreAddresses.Contains(own)))
            {
                throw new ManifestFormatException(node.At, $"{node.PathOf("address")}: two nodes have {own}: change one");
            }
        }

        return new NodeEntry(name.Value, address, more, node.TextMap("labels"), node.At);
    }

    private static IPAddress NodeAddress(FieldPath path, Located<string> text)
    {
        IPNetwork nodes = IPNetwork.Parse("192.0.2.0/24");
        return IPAddress.TryParse(text.Value, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            && nodes.Contains(address) && address.GetAddressBytes()[3] is not (0 or 1 or 255)
            ? address
            : throw new ManifestFormatException(
                text.At, $"{path}: \"{text.Value}\", but must be an address between 192.0.2.2 and 192.0.2.254 (192.0.2.1 is the machine outside)");
    }

    private static NetworkEntry ReadNetwork(FieldReader? network, LabFields fields)
    {
        if (network is null)
        {
            return new();
        }

        fields.Only(network, "overlay", "plugin", "cniVersion", "podCIDR", "serviceCIDR");
        NetworkEntry usual = new();
        NetworkEntry entry = new()
        {
            Overlay = LabFields.Word(
                network, "overlay", usual.Overlay, ("vxlan", Overlay.Vxlan), ("routes", Overlay.Routes), ("none", Overlay.None)),
            Plugin = LabFields.Word(network, "plugin", usual.Plugin, ("bridge", "bridge"), ("ptp", "ptp")),
            CniVersion = LabFields.Word(
                network, "cniVersion", usual.CniVersion,
                ("0.1.0", "0.1.0"), ("0.2.0", "0.2.0"), ("0.3.0", "0.3.0"), ("0.3.1", "0.3.1"), ("0.4.0", "0.4.0"), ("1.0.0", "1.0.0"), ("1.1.0", "1.1.0")),
            PodCidr = Cidr(network, "podCIDR", usual.PodCidr),
            ServiceCidr = Cidr(network, "serviceCIDR", usual.ServiceCidr),
        };

        if (entry.Overlay == Overlay.None)
        {
            fields.Useless(network, "plugin", NoPlugin);
            fields.Useless(network, "cniVersion", NoPlugin);
        }

        // Two that begin with the same 16 bits are one.
        return entry.PodCidr != entry.ServiceCidr
            ? entry
            : throw new ManifestFormatException(
                network.At, $"{network.PathOf("podCIDR")}: {entry.PodCidr}, and that is serviceCIDR too: change one");
    }

    private static IPNetwork Cidr(FieldReader fields, string key, IPNetwork fallback) =>
        fields.Text(key) is not Located<string> given ? fallback
        : IPNetwork.TryParse(given.Value, out IPNetwork network)
            && network is { PrefixLength: 16, BaseAddress.AddressFamily: AddressFamily.InterNetwork }
            ? Free(network, fields.PathOf(key), given)
            : throw new ManifestFormatException(
                given.At, $"{fields.PathOf(key)}: \"{given.Value}\", but must be a network of IPv4 with the prefix length 16, such as {fallback}");

    // Addresses that a packet of a pod or to a Service can have.
    private static IPNetwork Free(IPNetwork network, FieldPath path, Located<string> given) => network.BaseAddress.GetAddressBytes() switch
    {
        [192, 0, ..] => throw new ManifestFormatException(given.At, $"{path}: \"{given.Value}\" holds 192.0.2.0/24, which is the nodes' own network"),
        [0 or 127 or >= 224, ..] => throw new ManifestFormatException(
            given.At, $"{path}: \"{given.Value}\", but must be of addresses that hosts can have, such as 10.244.0.0/16"),
        _ => network,
    };

    private static KubeProxyEntry ReadKubeProxy(FieldReader? proxy, LabFields fields)
    {
        if (proxy is null)
        {
            return new();
        }

        fields.Only(proxy, "mode", "iptables");
        return KubeProxyFields.Read(proxy, fields);
    }

    private static PortmapEntry ReadPortmap(FieldReader? portmap, LabFields fields)
    {
        if (portmap is null)
        {
            return new();
        }

        fields.Only(portmap, "plugin", "config");
        foreach (string own in portmap.Map("config") is FieldReader config ? OwnKeys.Where(config.Has) : [])
        {
            fields.Useless(portmap.Map("config")!, own, "here, for the lab or the runtime writes it");
        }

        Located<string> plugin = portmap.Text("plugin") ?? new(PortmapEntry.Berth, portmap.At);
        return plugin.Value is PortmapEntry.Berth or PortmapEntry.Reference || plugin.Value.StartsWith('/')
            ? new PortmapEntry { Plugin = plugin.Value, Configuration = portmap.Map("config")?.Node }
            : throw new ManifestFormatException(
                plugin.At, $"{portmap.PathOf("plugin")}: \"{plugin.Value}\", but must be berth, reference or an absolute path");
    }
}
