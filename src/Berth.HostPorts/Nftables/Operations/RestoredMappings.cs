using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Mappings that go back to former owners: a range that comes back in parts becomes one element again.</summary>
internal sealed class RestoredMappings
{
    private readonly NfTablesConnection _connection;
    private readonly ElementChanges _changes;
    private readonly PortChanges _ports;
    private readonly Dictionary<(PortLane Lane, string Owner, DataValue Target), List<(PortBlock Ports, OwnerComment Owner)>> _ranges = [];

    internal RestoredMappings(NfTablesConnection connection, FamilyState state, ElementChanges changes)
    {
        _connection = connection;
        _changes = changes;
        _ports = new PortChanges(changes, state);
    }

    /// <summary>Ports of a claim go back, which nobody has there any more.</summary>
    internal void Add(PortLane lane, PortBlock ports, SupersededClaim claim)
    {
        if (claim.ContainerPort is ushort port)
        {
            _ports.Create(new PortPlace(lane, ports, port), claim.Target, claim.Owner.ToString());
            return;
        }

        var group = (lane, claim.Owner.Owner, claim.Target);
        if (!_ranges.TryGetValue(group, out List<(PortBlock Ports, OwnerComment Owner)>? blocks))
        {
            _ranges.Add(group, blocks = []);
        }

        blocks.Add((ports, claim.Owner));
    }

    /// <summary>Says what changes.</summary>
    internal void Write()
    {
        Dictionary<string, IReadOnlyList<Element>> read = [];
        foreach (((PortLane lane, string owner, DataValue target), List<(PortBlock Ports, OwnerComment Owner)> blocks) in _ranges)
        {
            Set set = lane.Maps.Ranges;
            if (!read.TryGetValue(set.Name, out IReadOnlyList<Element>? elements))
            {
                read.Add(set.Name, elements = _connection.Elements(set));
            }

            CreateRanges(lane, target, blocks, Kept(lane, elements, owner, target));
        }

        _ports.Finish(_connection);
    }

    private List<Holding> Kept(PortLane lane, IReadOnlyList<Element> elements, string owner, DataValue target)
    {
        List<Holding> holdings = [];
        foreach (Element element in elements)
        {
            if (element.Value == target && Holding.From(lane.Maps, element) is Holding holding && holding.Lane == lane
                && holding.Owner?.Owner == owner && !_changes.Deletes(holding.Set, element.Key))
            {
                holdings.Add(holding);
            }
        }

        return holdings;
    }

    // What the owner has kept of the range and what it gets back are one element again.
    private void CreateRanges(
        PortLane lane, DataValue target, List<(PortBlock Ports, OwnerComment Owner)> blocks, List<Holding> kept)
    {
        List<PortBlock> all = [];
        foreach ((PortBlock block, _) in blocks)
        {
            all.Add(block);
        }

        foreach (Holding holding in kept)
        {
            all.Add(holding.Ports);
        }

        foreach (PortBlock joined in PortBlock.Joined(all))
        {
            OwnerComment? comment = null;
            foreach ((PortBlock block, OwnerComment former) in blocks)
            {
                comment = joined.Overlaps(block) && former.Depth >= (comment?.Depth ?? 0) ? former : comment;
            }

            if (comment is null)
            {
                continue;
            }

            foreach (Holding holding in kept)
            {
                if (joined.Overlaps(holding.Ports))
                {
                    comment = comment with { Depth = Math.Max(comment.Depth, holding.Owner!.Depth) };
                    _ports.Delete(holding);
                }
            }

            _ports.Create(new PortPlace(lane, joined, null), target, comment.ToString());
        }
    }
}
