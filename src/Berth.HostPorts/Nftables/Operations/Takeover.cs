using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Gives an attachment the ports that it wants, whoever has them: the newest owner of a port has it. Of a range that somebody
/// else has, the other ports stay with that one. What was taken is written down as a <see cref="SupersededClaim"/>.
/// </summary>
internal sealed class Takeover
{
    private readonly NfTablesConnection _connection;
    private readonly FamilyState _state;
    private readonly ElementChanges _changes;
    private readonly Dictionary<Holding, List<PortBlock>> _taken = [];

    internal Takeover(NfTablesConnection connection, FamilyState state, ElementChanges changes)
    {
        _connection = connection;
        _state = state;
        _changes = changes;
    }

    /// <summary>Says what changes.</summary>
    /// <param name="handBack">Gets the ports that the attachment had itself and does not want any more.</param>
    internal void Write(HandBack handBack)
    {
        PortChanges ports = new(_changes, _state);
        List<Holding> beside = [];
        foreach (Slot slot in _state.Plan!.Ports)
        {
            beside.Clear();
            List<Holding> holdings = _state.Holders!.Of(slot.Place!, beside);
            int depth = DepthOver(holdings, beside);
            if (holdings is [Holding only] && IsAsWanted(only, slot, depth))
            {
                continue;
            }

            _changes.Replace(slot.Set, null, depth == 0 ? slot.Wanted : slot.Wanted! with { Comment = Comment(slot, depth) });
            foreach (Holding holding in holdings)
            {
                Take(holding, slot.Place!.Ports);
            }
        }

        bool hasParts = _state.Parts.All.Count > 1;
        ReadSetsOfOthers();
        List<SupersededClaim> claims = [];
        foreach ((Holding holding, List<PortBlock> blocks) in _taken)
        {
            ports.Delete(holding);
            if (IsOwn(holding) && holding.Owner!.Depth > 0 && IsElsewhere(holding))
            {
                // Its ports go to another part of the table, where they may not be in the way of who had them before.
                handBack.Release(holding.Lane, holding.Ports);
                continue;
            }

            foreach (PortBlock left in holding.Ports.WithoutAll(blocks))
            {
                Leave(ports, handBack, holding, left);
            }

            foreach (PortBlock block in IsOwn(holding) ? [] : blocks)
            {
                if (hasParts && holding.Owner is { Depth: > 0 })
                {
                    // Whoever it was in the way of may not be in conflict with the new owner.
                    handBack.Release(holding.Lane, block.Meet(holding.Ports)!.Value);
                }

                if (SupersededClaim.To(holding, block.Meet(holding.Ports)!.Value) is SupersededClaim claim)
                {
                    claims.Add(claim);
                }
            }
        }

        Write(claims);
        ports.Finish(_connection);
        foreach (Slot slot in _state.Plan.LocalhostRanges)
        {
            ports.Make(slot);
        }
    }

    private static string Comment(Slot slot, int depth) =>
        depth == 0 ? slot.Wanted!.Comment! : (OwnerComment.Parse(slot.Wanted!.Comment)! with { Depth = depth }).ToString();

    private static bool IsAsWanted(Holding holding, Slot slot, int depth) => holding.Lane == slot.Place!.Lane
        && holding.Ports == slot.Place.Ports && holding.IsRange == slot.Place.IsRange
        && holding.Element.Value == slot.Wanted!.Value && holding.Element.Comment == Comment(slot, depth);

    // Who stands beside it took something perhaps that is in conflict with this one too, and is to come back before that.
    private int DepthOver(List<Holding> holdings, List<Holding> beside)
    {
        int depth = 0;
        foreach (Holding holding in holdings)
        {
            depth = Math.Max(depth, holding.Owner is OwnerComment owner ? owner.Depth + (IsOwn(holding) ? 0 : 1) : 0);
        }

        foreach (Holding holding in beside)
        {
            depth = Math.Max(depth, holding.Owner?.Depth ?? 0);
        }

        return depth;
    }

    // Of what is taken from another network's part, a range may leave something there.
    private void ReadSetsOfOthers()
    {
        List<Set> sets = [];
        HashSet<PortMaps> seen = [];
        foreach (Holding holding in _taken.Keys)
        {
            if (holding.Lane.Maps.Network is not null && seen.Add(holding.Lane.Maps))
            {
                sets.AddRange(holding.Lane.Maps.All);
            }
        }

        _state.Schema.ReadOthers(_connection, sets);
    }

    private void Leave(PortChanges ports, HandBack handBack, Holding holding, PortBlock left)
    {
        if (!IsOwn(holding))
        {
            ports.Create(new PortPlace(holding.Lane, left, null), holding.Element.Value!.Value, holding.Element.Comment);
        }
        else if (holding.Owner!.Depth > 0)
        {
            handBack.Release(holding.Lane, left);
        }
    }

    // Where a third party has meddled, an older claim of the same owner may still stand there.
    private void Write(List<SupersededClaim> claims)
    {
        Set superseded = _state.Table.Sets.Superseded;
        Query query = new();
        List<Slot> slots = [];
        foreach (SupersededClaim claim in claims)
        {
            Slot slot = new(superseded, claim.ToElement());
            slot.Ask(query, _state.Schema);
            slots.Add(slot);
        }

        _connection.Ask(query);
        foreach (Slot slot in slots)
        {
            _changes.Replace(superseded, slot.Actual, slot.Wanted);
        }
    }

    private bool IsElsewhere(Holding holding) => holding.Lane.Maps.Network != _state.Plan!.Network?.Anywhere.Network;

    private bool IsOwn(Holding holding) => holding.Owner?.Owner == _state.Owner;

    private void Take(Holding holding, PortBlock ports)
    {
        if (!_taken.TryGetValue(holding, out List<PortBlock>? blocks))
        {
            _taken.Add(holding, blocks = []);
        }

        blocks.Add(ports);
    }
}
