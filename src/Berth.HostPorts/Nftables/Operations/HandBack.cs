using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Gives ports back, in the transaction in which their owner leaves them, to whom they were taken from: the last former owner
/// that is still there. Nothing is read unless one of the elements that go says that it took something.
/// </summary>
internal sealed class HandBack
{
    private readonly NfTablesConnection _connection;
    private readonly FamilyState _state;
    private readonly ElementChanges _changes;
    private readonly Predicate<string> _isLeaving;
    private readonly Dictionary<PortLane, List<PortBlock>> _free = [];
    private readonly List<(PortLane Lane, PortBlock Ports, SupersededClaim Claim)> _back = [];

    /// <param name="connection">The connection.</param>
    /// <param name="state">The family's state.</param>
    /// <param name="changes">Where it is said.</param>
    /// <param name="isLeaving">Whether an owner gets nothing, for it is the one that leaves.</param>
    internal HandBack(
        NfTablesConnection connection, FamilyState state, ElementChanges changes, Predicate<string> isLeaving)
    {
        _connection = connection;
        _state = state;
        _changes = changes;
        _isLeaving = isLeaving;
    }

    private Set Superseded => _state.Table.Sets.Superseded;

    /// <summary>An element of a port map, or of another set, goes: its ports are free, but for those that are taken at once.</summary>
    internal void Release(Set set, Element element)
    {
        if (_state.HoldingOf(set, element) is { Owner.Depth: > 0 } holding)
        {
            Release(holding.Lane, holding.Ports);
        }
    }

    /// <summary>Ports are free.</summary>
    internal void Release(PortLane lane, PortBlock ports)
    {
        if (!_free.TryGetValue(lane, out List<PortBlock>? blocks))
        {
            _free.Add(lane, blocks = []);
        }

        blocks.Add(ports);
    }

    /// <summary>Says what changes.</summary>
    internal void Write()
    {
        if (_free.Count == 0 || !_state.Schema.IsUsable(Superseded))
        {
            return;
        }

        foreach (List<PortBlock> blocks in _free.Values)
        {
            List<PortBlock> joined = PortBlock.Joined(blocks);
            blocks.Clear();
            blocks.AddRange(joined);
        }

        List<(PortLane Lane, SupersededClaim Claim, Element Element)> claims = Claims();
        if (claims.Count == 0)
        {
            return;
        }

        HashSet<string> alive = Alive(claims);
        foreach ((PortLane lane, SupersededClaim claim, Element element) in claims)
        {
            if (alive.Contains(claim.Owner.Owner))
            {
                Settle(lane, claim, element);
            }
            else
            {
                // Whoever left it does not know: it cannot have been there any more.
                _changes.Replace(Superseded, element, null);
            }
        }

        PortChanges ports = new(_changes, _state);
        Create(ports);
        ports.Finish(_connection);
    }

    // Those to ports that are free, the last former owners first.
    private List<(PortLane Lane, SupersededClaim Claim, Element Element)> Claims()
    {
        List<(PortLane Lane, SupersededClaim Claim, Element Element)> claims = [];
        foreach (Element element in _connection.Elements(Superseded))
        {
            if (SupersededClaim.Parse(_state.Table.Family, element) is SupersededClaim claim && !_isLeaving(claim.Owner.Owner)
                && _state.LaneOf(claim) is PortLane lane && _free.TryGetValue(lane, out List<PortBlock>? free)
                && free.Exists(claim.Ports.Overlaps))
            {
                claims.Add((lane, claim, element));
            }
        }

        claims.Sort(static (left, right) => right.Claim.Owner.Depth.CompareTo(left.Claim.Owner.Depth));
        return claims;
    }

    private HashSet<string> Alive(List<(PortLane Lane, SupersededClaim Claim, Element Element)> claims)
    {
        Query query = new();
        Dictionary<string, Answer<Element>> records = [];
        foreach ((_, SupersededClaim claim, _) in claims)
        {
            if (!records.ContainsKey(claim.Owner.Owner))
            {
                records.Add(
                    claim.Owner.Owner,
                    query.Element(_state.Table.Sets.Attachments, AttachmentRecord.Key(claim.Owner.Owner)));
            }
        }

        _connection.Ask(query);
        HashSet<string> alive = [];
        foreach ((string owner, Answer<Element> record) in records)
        {
            if (AttachmentRecord.Parse(record.Value) is not null)
            {
                alive.Add(owner);
            }
        }

        return alive;
    }

    private void Settle(PortLane lane, SupersededClaim claim, Element element)
    {
        List<PortBlock> free = _free[lane];
        List<PortBlock> taken = [];
        foreach (PortBlock block in free)
        {
            if (block.Meet(claim.Ports) is PortBlock both)
            {
                taken.Add(both);
                _back.Add((lane, both, claim));
            }
        }

        if (taken.Count == 0)
        {
            return;
        }

        _changes.Replace(Superseded, element, null);
        foreach (PortBlock rest in claim.Ports.WithoutAll(taken))
        {
            _changes.Replace(Superseded, null, (claim with { Ports = rest }).ToElement());
        }

        List<PortBlock> left = [];
        foreach (PortBlock block in free)
        {
            left.AddRange(block.WithoutAll(taken));
        }

        free.Clear();
        free.AddRange(left);
    }

    private void Create(PortChanges ports)
    {
        Query query = new();
        List<(PortPlace Place, SupersededClaim Claim, Answer<Element> Present)> singles = [];
        Dictionary<(PortLane Lane, string Owner, DataValue Target), List<(PortBlock Ports, OwnerComment Owner)>> ranges = [];
        foreach ((PortLane lane, PortBlock block, SupersededClaim claim) in _back)
        {
            if (claim.ContainerPort is ushort port)
            {
                PortPlace place = new(lane, block, port);
                singles.Add((place, claim, query.Element(place.Set, place.Key)));
                continue;
            }

            var group = (lane, claim.Owner.Owner, claim.Target);
            if (!ranges.TryGetValue(group, out List<(PortBlock Ports, OwnerComment Owner)>? blocks))
            {
                ranges.Add(group, blocks = []);
            }

            blocks.Add((block, claim.Owner));
        }

        _connection.Ask(query);
        foreach ((PortPlace place, SupersededClaim claim, Answer<Element> present) in singles)
        {
            // Somebody else may have put something there by hand, and a DEL must not fail for it.
            if (present.Value is null || _changes.Deletes(place.Set, place.Key))
            {
                ports.Create(place, claim.Target, claim.Owner.ToString());
            }
        }

        Dictionary<string, IReadOnlyList<Element>> read = [];
        foreach (((PortLane lane, string owner, DataValue target), List<(PortBlock Ports, OwnerComment Owner)> blocks) in ranges)
        {
            Set set = lane.Maps.Ranges;
            if (!read.TryGetValue(set.Name, out IReadOnlyList<Element>? elements))
            {
                read.Add(set.Name, elements = _connection.Elements(set));
            }

            CreateRanges(ports, lane, target, blocks, Staying(lane, elements), owner);
        }
    }

    private List<Holding> Staying(PortLane lane, IReadOnlyList<Element> elements)
    {
        List<Holding> holdings = [];
        foreach (Element element in elements)
        {
            if (Holding.From(lane.Maps, element) is Holding holding && holding.Lane == lane
                && !_changes.Deletes(holding.Set, element.Key))
            {
                holdings.Add(holding);
            }
        }

        return holdings;
    }

    // What the owner has kept of the range and what it gets back are one element again.
    private static void CreateRanges(
        PortChanges ports, PortLane lane, DataValue target, List<(PortBlock Ports, OwnerComment Owner)> blocks,
        List<Holding> staying, string owner)
    {
        blocks.RemoveAll(block => staying.Exists(holding => holding.Ports.Overlaps(block.Ports)));
        List<Holding> kept = staying.FindAll(holding => holding.Owner?.Owner == owner && holding.Element.Value == target);
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
                    ports.Delete(holding);
                }
            }

            ports.Create(new PortPlace(lane, joined, null), target, comment.ToString());
        }
    }
}
