using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Gives an attachment the ports that it wants, whoever has them: the newest owner of a port has it. Of a range that somebody
/// else has, the other ports stay with that one.
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
    internal void Write()
    {
        PortChanges ports = new(_changes, _state);
        foreach (Slot slot in _state.Plan!.Ports)
        {
            List<Holding> holdings = [.. _state.Holders!.Of(slot.Place!)];
            if (holdings is [Holding only] && IsAsWanted(only, slot))
            {
                continue;
            }

            _changes.Replace(slot.Set, null, slot.Wanted);
            foreach (Holding holding in holdings)
            {
                Take(holding, slot.Place!.Ports);
            }
        }

        foreach ((Holding holding, List<PortBlock> blocks) in _taken)
        {
            ports.Delete(holding);
            foreach (PortBlock left in IsOwn(holding) ? [] : holding.Ports.WithoutAll(blocks))
            {
                ports.Create(new PortPlace(holding.Lane, left, null), holding.Element.Value!.Value, holding.Element.Comment);
            }
        }

        ports.Finish(_connection);
    }

    private static bool IsAsWanted(Holding holding, Slot slot) => holding.Ports == slot.Place!.Ports
        && holding.Element.Value == slot.Wanted!.Value && holding.Element.Comment == slot.Wanted.Comment;

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
