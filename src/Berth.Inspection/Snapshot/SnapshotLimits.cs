using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink.Route;
using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>What no type says of a snapshot's values, and every kernel keeps to: code behind relies on it.</summary>
internal static class SnapshotLimits
{
    // IFNAMSIZ without the closing zero; NFT_DATA_VALUE_MAXLEN.
    private const int MaxNameLength = 15;
    private const int MaxDataLength = 64;

    /// <exception cref="SnapshotException">It is not so.</exception>
    internal static void Check(NodeSnapshot snapshot)
    {
        CheckPrefixes(snapshot);
        CheckPolicies(snapshot);
        foreach (Link link in snapshot.Links.Value ?? [])
        {
            if (Encoding.UTF8.GetByteCount(link.Name) > MaxNameLength)
            {
                throw new SnapshotException($"its part \"links\" has a link named '{link.Name}': a name has {MaxNameLength} bytes at most");
            }
        }

        foreach (RulesetTable table in snapshot.NfTables.Value?.Tables ?? [])
        {
            foreach (RulesetSet set in table.Sets)
            {
                CheckLength(table, set, set.KeyType.Length);
                CheckLength(table, set, set.ValueType?.Length ?? 0);
            }
        }
    }

    private static void CheckLength(RulesetTable table, RulesetSet set, int length)
    {
        if (length is < 0 or > MaxDataLength)
        {
            throw new SnapshotException($"its part \"nfTables\" has a set {table.Name} {set.Name} of {length} bytes: 0 to {MaxDataLength} is possible");
        }
    }

    private static void CheckPrefixes(NodeSnapshot snapshot)
    {
        foreach (LinkAddress address in snapshot.Addresses.Value ?? [])
        {
            Check("addresses", address.Address, address.PrefixLength);
        }

        foreach (RouteEntry route in snapshot.Routes.Value ?? [])
        {
            Check("routes", route.Destination, route.PrefixLength);
            if (route is { Destination: { } destination, PreferredSource: { } source } && destination.AddressFamily != source.AddressFamily)
            {
                throw new SnapshotException($"its part \"routes\" has one to {destination} from {source}: they are of two families");
            }
        }

        foreach (PolicyRule rule in snapshot.Rules.Value ?? [])
        {
            Check("rules", rule.Source, rule.SourcePrefixLength);
            Check("rules", rule.Destination, rule.DestinationPrefixLength);
        }
    }

    private static void CheckPolicies(NodeSnapshot snapshot)
    {
        foreach (XfrmPolicy policy in snapshot.Ipsec.Value?.Policies ?? [])
        {
            Check("ipsec", policy.Source, policy.SourcePrefixLength);
            Check("ipsec", policy.Destination, policy.DestinationPrefixLength);
            if (policy.Source.AddressFamily != policy.Destination.AddressFamily)
            {
                throw new SnapshotException($"its part \"ipsec\" has one from {policy.Source} to {policy.Destination}: they are of two families");
            }
        }
    }

    private static void Check(string part, IPAddress? address, byte prefixLength)
    {
        int most = address?.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (prefixLength > most)
        {
            throw new SnapshotException($"its part \"{part}\" has a prefix of {prefixLength} bits for {address?.ToString() ?? "no address"}, which has {most}");
        }
    }
}
