using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Gives ports back, in the transaction in which their owner leaves them, to whom they were taken from: the last former owner
/// that is still there, in whichever part of the table it had them. Nothing is read unless one of the elements that go says
/// that it took something.
/// </summary>
internal sealed class HandBack
{
    private readonly NfTablesConnection _connection;
    private readonly FamilyState _state;
    private readonly ElementChanges _changes;
    private readonly Predicate<string> _isLeaving;
    private readonly Dictionary<DataValue, List<PortBlock>> _free = [];
    private readonly List<(ClaimTerms Terms, DataValue Prefix, PortBlock Ports, int Depth)> _waiting = [];

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
        if (!_free.TryGetValue(lane.Prefix, out List<PortBlock>? blocks))
        {
            _free.Add(lane.Prefix, blocks = []);
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

        List<(SupersededClaim Claim, Element Element)> claims = Claims();
        if (claims.Count == 0)
        {
            return;
        }

        TableParts parts = _state.ReadParts(_connection);
        ReadSets(parts, claims);
        Dictionary<string, AttachmentRecord> alive = Alive(claims);
        StandingClaims standing = StandingClaims.Read(_connection, _state, _changes, _free);
        RestoredMappings restored = new(_connection, _state, _changes);
        foreach ((SupersededClaim claim, Element element) in claims)
        {
            if (alive.TryGetValue(claim.Owner.Owner, out AttachmentRecord? record))
            {
                string? conditions = parts.Of(claim.Network).Conditions;
                Settle(parts.LaneOf(claim), new ClaimTerms(record.Network, conditions), claim, element, standing, restored);
            }
            else
            {
                // Whoever left it does not know: it cannot have been there any more.
                _changes.Replace(Superseded, element, null);
            }
        }

        restored.Write();
    }

    // Those to ports that are free, the last former owners first.
    private List<(SupersededClaim Claim, Element Element)> Claims()
    {
        List<(SupersededClaim Claim, Element Element)> claims = [];
        foreach (Element element in _connection.Elements(Superseded))
        {
            if (SupersededClaim.Parse(_state.Table.Family, element) is SupersededClaim claim && !_isLeaving(claim.Owner.Owner)
                && _free.TryGetValue(PortLane.PrefixOf(claim.Host, claim.Protocol), out List<PortBlock>? free)
                && free.Exists(claim.Ports.Overlaps))
            {
                claims.Add((claim, element));
            }
        }

        claims.Sort(static (left, right) => right.Claim.Owner.Depth.CompareTo(left.Claim.Owner.Depth));
        return claims;
    }

    // The parts of other networks, in which something is to come back.
    private void ReadSets(TableParts parts, List<(SupersededClaim Claim, Element Element)> claims)
    {
        List<Set> sets = [];
        HashSet<string> seen = [];
        foreach ((SupersededClaim claim, _) in claims)
        {
            if (claim.Network is string network && seen.Add(network))
            {
                sets.AddRange(parts.Of(network).Sets);
            }
        }

        _state.Schema.ReadOthers(_connection, sets);
    }

    private Dictionary<string, AttachmentRecord> Alive(List<(SupersededClaim Claim, Element Element)> claims)
    {
        Query query = new();
        Dictionary<string, Answer<Element>> records = [];
        foreach ((SupersededClaim claim, _) in claims)
        {
            if (!records.ContainsKey(claim.Owner.Owner))
            {
                records.Add(
                    claim.Owner.Owner,
                    query.Element(_state.Table.Sets.Attachments, AttachmentRecord.Key(claim.Owner.Owner)));
            }
        }

        _connection.Ask(query);
        Dictionary<string, AttachmentRecord> alive = [];
        foreach ((string owner, Answer<Element> answer) in records)
        {
            if (AttachmentRecord.Parse(answer.Value) is AttachmentRecord record)
            {
                alive.Add(owner, record);
            }
        }

        return alive;
    }

    private void Settle(
        PortLane lane, ClaimTerms terms, SupersededClaim claim, Element element, StandingClaims standing,
        RestoredMappings restored)
    {
        List<PortBlock> back = [];
        foreach (PortBlock free in _free[lane.Prefix])
        {
            if (claim.Ports.Meet(free) is PortBlock both && IsUsable(lane))
            {
                back.AddRange(standing.Free(lane, both, terms));
            }
        }

        List<PortBlock> rests = claim.Ports.WithoutAll(back);
        if (back.Count > 0)
        {
            _changes.Replace(Superseded, element, null);
            foreach (PortBlock rest in rests)
            {
                _changes.Replace(Superseded, null, (claim with { Ports = rest }).ToElement());
            }
        }

        foreach (PortBlock block in back)
        {
            restored.Add(lane, block, claim with { Owner = claim.Owner with { Depth = DepthOf(claim, terms, lane, block) } });
            standing.Add(lane, block, terms);
        }

        foreach (PortBlock rest in rests)
        {
            _waiting.Add((terms, lane.Prefix, rest, claim.Owner.Depth));
        }
    }

    private bool IsUsable(PortLane lane)
    {
        foreach (Set set in lane.Maps.All)
        {
            if (!_state.Schema.IsUsable(set))
            {
                return false;
            }
        }

        return true;
    }

    // Who gets a port before a later owner does, for somebody else is still in that one's way, counts as the later from now on.
    private int DepthOf(SupersededClaim claim, ClaimTerms terms, PortLane lane, PortBlock ports)
    {
        int depth = claim.Owner.Depth;
        foreach ((ClaimTerms itsTerms, DataValue prefix, PortBlock itsPorts, int itsDepth) in _waiting)
        {
            if (prefix == lane.Prefix && itsPorts.Overlaps(ports) && itsTerms.ConflictWith(terms))
            {
                depth = Math.Max(depth, itsDepth + 1);
            }
        }

        return depth;
    }
}
