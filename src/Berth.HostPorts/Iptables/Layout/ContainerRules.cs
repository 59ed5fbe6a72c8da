using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>A container's own chain in one family, and the jumps to it, exactly as the reference plugin makes them.</summary>
internal sealed class ContainerRules
{
    // XT_MULTI_PORTS (linux/netfilter/xt_multiport.h).
    private const int PortsInOneRule = 15;
    // XT_MAX_COMMENT_LEN (linux/netfilter/xt_comment.h) less the NUL.
    private const int MaxCommentLength = 255;

    private readonly AddressFamily _family;
    private readonly IPAddress _pod;
    private readonly int _prefixLength;
    private readonly HostPortConfiguration _configuration;
    private readonly IReadOnlyList<PortMapping> _mappings;

    private ContainerRules(
        AddressFamily family, IPAddress pod, int prefixLength, AttachmentId id, HostPortConfiguration configuration)
    {
        _family = family;
        _pod = pod;
        _prefixLength = prefixLength;
        _configuration = configuration;
        Network = id.Network;
        _mappings = PortByPort(configuration.Mappings);
        Chain = ChainNames.OfContainer(id.Network, id.ContainerId);
        Jumps = MakeJumps(Comment("dnat", id));
        List<RuleSpec> rules = [];
        List<MappingElement> mappings = [];
        foreach (PortMapping mapping in AsTheyAreMet(_mappings))
        {
            if (mapping.HostIP is null || mapping.HostIP.AddressFamily == family)
            {
                AddRules(rules, mapping);
                mappings.Add(new MappingElement(
                    Specific(mapping.HostIP), (byte)mapping.Protocol, mapping.HostPort, pod, mapping.ContainerPort));
            }
        }

        Rules = rules;
        Mappings = mappings;
    }

    /// <summary>The network that the container is in.</summary>
    internal string Network { get; }

    /// <summary>Whether the network has conditions for this family.</summary>
    internal bool HasConditions => _configuration.Conditions(_family) is not null;

    /// <summary>The chain's name.</summary>
    internal string Chain { get; }

    /// <summary>The rules that lead to it.</summary>
    internal IReadOnlyList<RuleSpec> Jumps { get; }

    /// <summary>Its rules.</summary>
    internal IReadOnlyList<RuleSpec> Rules { get; }

    /// <summary>What they come to.</summary>
    internal IReadOnlyList<MappingElement> Mappings { get; }

    /// <summary>A family's rules; null when the container has no address of that family, or no mapping at all.</summary>
    internal static ContainerRules? Make(AddressFamily family, Attachment attachment, HostPortConfiguration configuration)
    {
        AttachmentAddresses addresses = attachment.Addresses;
        (IPAddress? pod, int prefixLength) = family == AddressFamily.InterNetwork
            ? (addresses.V4, addresses.V4PrefixLength)
            : (addresses.V6, addresses.V6PrefixLength);
        return pod is null || configuration.Mappings.Count == 0
            ? null
            : new ContainerRules(family, pod, prefixLength, attachment.Id, configuration);
    }

    /// <summary>The comment of a container's jumps begins with this, whichever the container.</summary>
    internal static string CommentOfNetwork(string kind, string network) => $"{kind} name: \"{network}\" id: \"";

    private static string Comment(string kind, AttachmentId id)
    {
        string comment = $"{CommentOfNetwork(kind, id.Network)}{id.ContainerId}\"";
        return comment.Length <= MaxCommentLength ? comment : comment[..(MaxCommentLength - 2)] + "..";
    }

    // The reference knows no ranges: one is short for its ports, each as if it had been written out, and once.
    private static IReadOnlyList<PortMapping> PortByPort(IReadOnlyList<PortMapping> mappings)
    {
        bool hasRanges = false;
        foreach (PortMapping mapping in mappings)
        {
            hasRanges |= mapping.IsRange;
        }

        if (!hasRanges)
        {
            return mappings;
        }

        MappingList list = new();
        foreach (PortMapping mapping in mappings)
        {
            foreach (PortMapping single in mapping.Singles())
            {
                list.Add(single, 0);
            }
        }

        return list.Mappings;
    }

    // The first rule that matches decides: one of an address goes before one of any address for the same port. The reference
    // has them in the order of the request, in which the one of an address may never be reached.
    private static List<PortMapping> AsTheyAreMet(IReadOnlyList<PortMapping> mappings)
    {
        List<PortMapping> specific = [];
        foreach (PortMapping mapping in mappings)
        {
            if (Specific(mapping.HostIP) is not null)
            {
                specific.Add(mapping);
            }
        }

        if (specific.Count == 0 || specific.Count == mappings.Count)
        {
            return [.. mappings];
        }

        List<PortMapping> met = [];
        HashSet<PortMapping> done = [];
        foreach (PortMapping mapping in mappings)
        {
            if (Specific(mapping.HostIP) is null)
            {
                met.AddRange(specific.FindAll(other =>
                    other.HostPort == mapping.HostPort && other.Protocol == mapping.Protocol && done.Add(other)));
            }

            if (done.Add(mapping))
            {
                met.Add(mapping);
            }
        }

        return met;
    }

    // A port counts here whatever its hostIP, even one of the other family: the reference makes the same jumps in both.
    private List<RuleSpec> MakeJumps(string comment)
    {
        IReadOnlyList<string> conditions = _configuration.Conditions(_family) ?? [];
        List<RuleSpec> jumps = [];
        HashSet<string> made = [];

        // By name, as the reference sorts them.
        foreach (string protocol in (string[])["sctp", "tcp", "udp"])
        {
            List<string> all = [];
            foreach (PortMapping mapping in _mappings)
            {
                if (PortMappingReader.Name(mapping.Protocol) == protocol)
                {
                    all.Add(Number(mapping.HostPort));
                }
            }

            for (int start = 0; start < all.Count; start += PortsInOneRule)
            {
                string list = string.Join(',', all.GetRange(start, Math.Min(PortsInOneRule, all.Count - start)));
                if (made.Add($"{protocol} {list}"))
                {
                    jumps.Add(new RuleSpec(ChainNames.Dnat,
                        ["-m", "comment", "--comment", comment, "-m", "multiport", "-p", protocol, "--dports", list,
                            .. conditions, "-j", Chain]));
                }
            }
        }

        return jumps;
    }

    private void AddRules(List<RuleSpec> rules, PortMapping mapping)
    {
        List<string> traffic = ["-p", PortMappingReader.Name(mapping.Protocol), "--dport", Number(mapping.HostPort)];
        if (Specific(mapping.HostIP) is IPAddress host)
        {
            traffic.AddRange(["-d", $"{host}/{HostPrefixLength}"]);
        }

        if (SharedRules.MarkChain(_configuration) is string mark)
        {
            // Hairpin traffic; with masqAll, everything.
            int prefix = _configuration.MasqAll ? 0 : _prefixLength;
            string[] source = prefix == 0 ? [] : ["-s", $"{Masked(_pod, prefix)}/{prefix}"];
            rules.Add(new RuleSpec(Chain, [.. traffic, .. source, "-j", mark]));
            if (_family == AddressFamily.InterNetwork && !_configuration.MasqAll)
            {
                rules.Add(new RuleSpec(Chain, [.. traffic, "-s", "127.0.0.1/32", "-j", mark]));
            }
        }

        string pod = _family == AddressFamily.InterNetwork ? $"{_pod}" : $"[{_pod}]";
        rules.Add(new RuleSpec(Chain,
            [.. traffic, "-j", "DNAT", "--to-destination", $"{pod}:{Number(mapping.ContainerPort)}"]));
    }

    private int HostPrefixLength => _family == AddressFamily.InterNetwork ? 32 : 128;

    private static IPAddress? Specific(IPAddress? host) =>
        host is null || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? null : host;

    /// <summary>An address without the bits behind a prefix.</summary>
    internal static IPAddress Masked(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int bits = Math.Clamp(prefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)((0xff00 >> bits) & 0xff);
        }

        return new IPAddress(bytes);
    }

    private static string Number(ushort number) => number.ToString(CultureInfo.InvariantCulture);
}
