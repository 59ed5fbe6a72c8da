using Berth.HostPorts.Configuration;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Verifies that an attachment has exactly what its configuration says, and that the table around it works.</summary>
internal sealed class CheckOperation
{
    private readonly NfTablesConnection _connection;
    private readonly ServiceExclusions _services;
    private readonly AttachmentId _id;
    private readonly List<FamilyState> _states;

    internal CheckOperation(
        NfTablesConnection connection, PodLinks links, Attachment attachment, HostPortConfiguration configuration)
    {
        _connection = connection;
        _services = new ServiceExclusions(links, configuration.ExcludeInterfaces);
        _id = attachment.Id;
        List<FamilyState> states = [];
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            BerthTable table = new(family);
            FamilyPlan? plan = FamilyPlan.Make(table, attachment, configuration, links.Towards);
            states.Add(new FamilyState(table, plan, attachment.Id.Owner, attachment.Id.Network));
        }

        _states = states;
    }

    /// <summary>Does it.</summary>
    /// <exception cref="HostPortException">Something is not as it should be; the details say all that is not.</exception>
    internal void Run()
    {
        Generation generation = StateReader.Read(_connection, _states, chains: true);
        List<string> defects = [];
        foreach (FamilyState state in _states)
        {
            defects.AddRange(state.Plan is null ? Surplus(state) : Defects(state, state.Plan));
        }

        if (defects.Count > 0)
        {
            throw new HostPortException(
                $"host ports of container {_id.ContainerId} on network {_id.Network} are not as configured: {defects[0]}",
                defects.Count == 1 ? null : string.Join("; ", defects));
        }

        UpdateServices(generation);
    }

    // Not a matter of this attachment: what Services came or went since the last call of any verb. When the ruleset has
    // changed meanwhile, whoever changed it, or comes next, does it.
    private void UpdateServices(Generation generation)
    {
        ElementChanges changes = new();
        foreach (FamilyState state in _states)
        {
            if (state.Plan is not null)
            {
                _services.Update(changes, _connection, state.Schema, state.Table);
            }
        }

        Transaction transaction = new();
        changes.WriteTo(transaction);
        try
        {
            _connection.Commit(transaction, generation);
        }
        catch (NetlinkException)
        {
            // A CHECK answers what it was asked; it does not fail for what it does besides.
        }
    }

    private static IEnumerable<string> Surplus(FamilyState state)
    {
        if (state.Record is AttachmentRecord record)
        {
            yield return $"{state.Table.Table}: {record.Mappings} mappings that are not configured";
        }
    }

    private IEnumerable<string> Defects(FamilyState state, FamilyPlan plan)
    {
        foreach (string defect in state.Schema.Defects())
        {
            yield return defect;
        }

        foreach (Slot slot in plan.Slots)
        {
            foreach (string defect in slot.Place is PortPlace place ? Defects(state, slot, place) : Defects(slot))
            {
                yield return $"{state.Table.Table} {slot.Set.Name}: {defect}";
            }
        }

        if (state.Record is not AttachmentRecord record)
        {
            yield return $"{state.Table.Table} attachments: no record of it";
        }
        else if (record.Mappings != plan.Record.Mappings || !record.Pod.Equals(plan.Record.Pod) || record.Link != plan.Record.Link)
        {
            yield return $"{state.Table.Table} attachments: the record says {record.Mappings} mappings to {record.Pod}"
                + $" behind {record.Link ?? "no link"}, not {plan.Record.Mappings} to {plan.Record.Pod} behind {plan.Record.Link ?? "no link"}";
        }

        if (!plan.Entry.IsAsItShouldBe(state.Schema.Rules))
        {
            yield return $"{state.Table.Table} {BerthTable.Conditional}: the network's conditions are not there, or others";
        }

        foreach (string defect in LinkDefects(state, plan))
        {
            yield return defect;
        }
    }

    private static IEnumerable<string> LinkDefects(FamilyState state, FamilyPlan plan)
    {
        if (plan.Record.Link is not string link)
        {
            yield break;
        }

        if (state.Link is null)
        {
            yield return $"{state.Table.Table} links: {link} is missing";
        }

        if (plan.NeedsRouteLocalnet && RouteLocalnet.Read(link) is int value and not 1)
        {
            yield return $"net.ipv4.conf.{link}.route_localnet is {value}, not 1: 127.0.0.1 cannot lead to the pod";
        }
    }

    // A mapping. A range may be held in part by one, in part by another; a single port counts before a range around it, and
    // one part of the table before another.
    private IEnumerable<string> Defects(FamilyState state, Slot slot, PortPlace place)
    {
        bool isComplete = slot.IsHeldBy(_id.Owner) && slot.Actual!.Value == slot.Wanted!.Value;
        if (isComplete && !place.IsRange && state.Parts.All.Count == 1)
        {
            yield break;
        }

        bool hasReason = isComplete;
        foreach (Holding holding in state.Holders!.Of(place))
        {
            PortBlock ports = holding.Ports.Meet(place.Ports)!.Value;
            if (isComplete && !IsMetFirst(state, holding, place))
            {
                continue;
            }

            if (holding.Owner?.Owner != _id.Owner)
            {
                hasReason = true;
                yield return $"{KeyText.Describe(place.Lane, ports)} belongs to {holding.Owner?.Label ?? "somebody unknown"}";
            }
            else if (holding.Element.Value != slot.Wanted!.Value)
            {
                hasReason = true;
                yield return $"{KeyText.Describe(place.Lane, ports)} leads to {KeyText.DescribeTarget(holding.Element)}, not {KeyText.DescribeTarget(slot.Wanted)}";
            }
        }

        if (!hasReason)
        {
            yield return $"{KeyText.Describe(slot)} is missing{(slot.Actual is null ? "" : " in part")}";
        }
    }

    // Conflicts do not arise where every ADD looks for them; but a network's conditions may have changed since.
    private static bool IsMetFirst(FamilyState state, Holding holding, PortPlace place)
    {
        (PortMaps its, PortMaps own) = (holding.Lane.Maps, place.Lane.Maps);
        return its == own ? place.IsRange : state.Parts.IsMetBefore(its.Network, own.Network);
    }

    private IEnumerable<string> Defects(Slot slot) => Defect(slot) is string defect ? [defect] : [];

    private string? Defect(Slot slot)
    {
        string? defect = (slot.Wanted, slot.Actual) switch
        {
            (null, null) => null,
            (null, not null) => slot.IsFilled ? "is there, and must not be" : null,
            (not null, null) => "is missing",
            ({ }, { }) when !slot.IsFilled => "is missing in part",
            ({ } wanted, { } actual) when wanted.Value != actual.Value =>
                $"leads to {KeyText.DescribeTarget(actual)}, not {KeyText.DescribeTarget(wanted)}",
            (_, { } actual) when !slot.IsHeldBy(_id.Owner) =>
                $"belongs to {OwnerComment.Parse(actual.Comment)?.Label ?? "somebody unknown"}",
            _ => null,
        };
        return defect is null ? null : $"{KeyText.Describe(slot)} {defect}";
    }
}
