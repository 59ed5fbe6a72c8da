using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Makes an attachment's mappings what its configuration says, in one transaction over both families: idempotent, taking
/// over ports that others hold, mending the table where it is not as it should be.
/// </summary>
internal sealed class AddOperation
{
    private readonly NfTablesConnection _connection;
    private readonly PodLinks _node;
    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly ServiceExclusions _services;
    private readonly List<(BerthTable Table, FamilyPlan? Plan)> _families = [];
    private readonly List<FamilyPlan> _plans = [];
    private readonly List<MappingElement> _taken = [];

    internal AddOperation(
        NfTablesConnection connection, PodLinks links, Attachment attachment, HostPortConfiguration configuration)
    {
        _connection = connection;
        _node = links;
        _attachment = attachment;
        _configuration = configuration;
        _services = new ServiceExclusions(links, configuration.ExcludeInterfaces);
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            BerthTable table = new(family);
            FamilyPlan? plan = FamilyPlan.Make(table, attachment, configuration, links.Towards);
            _families.Add((table, plan));
            if (plan is not null)
            {
                _plans.Add(plan);
            }
        }
    }

    /// <summary>What it makes.</summary>
    internal List<FamilyPlan> Plans => _plans;

    /// <summary>What it takes from the reference plugin's rules.</summary>
    internal List<MappingElement> Taken => _taken;

    private string Owner => _attachment.Id.Owner;

    /// <summary>Does it.</summary>
    internal void Run()
    {
        if (_plans.Count == 0)
        {
            return;
        }

        using NodeTurn turn = new();
        Attempts.Run(() => Attempt(turn), turn);
    }

    private bool Attempt(NodeTurn turn)
    {
        (Generation generation, List<FamilyState> states) = Read();
        if (_configuration.OnConflict == ConflictRule.Fail)
        {
            Conflicts.Refuse(_connection, states);
        }

        if (_configuration.OnConflict == ConflictRule.Fail || Newcomer.MayTakeParts(_configuration))
        {
            foreach (FamilyState state in states)
            {
                ReferenceTakeover.Refuse(_connection, state.Reference, _attachment, _configuration, isMetLast: true);
            }
        }

        Transaction transaction = new();
        foreach (FamilyState state in states)
        {
            if (state.Plan is not null && !state.Schema.Repair(transaction))
            {
                _connection.Commit(transaction, generation);
                return false;
            }
        }

        using LocalnetChange localnet = LocalnetChange.For(states[0], turn);
        localnet.Prepare();
        ElementChanges changes = new();
        ReferenceRemoval leftovers = new();
        foreach (FamilyState state in states)
        {
            if (state.Plan is not null)
            {
                leftovers.Add(ReferenceTakeover.Find(_connection, state, _attachment, _configuration, isMetLast: true));
                _services.Update(changes, _connection, state.Schema, state.Table);
            }

            Change(changes, state, localnet);
        }

        changes.WriteTo(transaction);
        leftovers.WriteTo(transaction);
        foreach (FamilyState state in states)
        {
            state.Plan?.Entry.Write(transaction, state.Schema.Rules);
        }

        // Before it is known whether they went: the answer may be lost, and the next attempt find them gone.
        _taken.AddRange(leftovers.Mappings);
        if (!_connection.Commit(transaction, generation))
        {
            return false;
        }

        Complete(localnet, turn);
        return true;
    }

    private (Generation Generation, List<FamilyState> States) Read()
    {
        List<FamilyState> states = [];
        foreach ((BerthTable table, FamilyPlan? plan) in _families)
        {
            states.Add(new FamilyState(table, plan, Owner, _attachment.Id.Network));
        }

        return (StateReader.Read(_connection, states, chains: true), states);
    }

    private void Change(ElementChanges changes, FamilyState state, LocalnetChange localnet)
    {
        AttachmentRecord? record = state.Record;
        FamilyPlan? plan = state.Plan;
        if (plan is null && record is null)
        {
            return;
        }

        foreach (Slot slot in plan?.Policies ?? [])
        {
            changes.Replace(slot.Set, slot.Actual, slot.Wanted);
        }

        HandBack handBack = new(_connection, state, changes, owner => owner == Owner);
        if (plan is not null)
        {
            new Takeover(_connection, state, changes).Write(handBack);
        }

        if (record is not null && IsAnother(record, state))
        {
            HashSet<(string Set, DataValue Key)> wanted = [];
            foreach (Slot slot in plan?.Slots ?? [])
            {
                wanted.Add((slot.Set.Name, slot.Key));
            }

            foreach ((Set set, Element element) in OwnedElements.Find(_connection, state.OwnableSets(), owner => owner == Owner))
            {
                if (!wanted.Contains((set.Name, element.Key)) && !changes.Deletes(set, element.Key))
                {
                    changes.Replace(set, element, null);
                    handBack.Release(set, element);
                }
            }
        }

        handBack.Write();

        changes.Replace(state.Table.Sets.Attachments, state.RecordElement, plan?.Record.ToElement());
        state.Links.Move(changes, plan is { NeedsRouteLocalnet: true } ? localnet.Present : null);
    }

    // Whether the attachment holds, or may hold, something that is no longer wanted.
    private static bool IsAnother(AttachmentRecord record, FamilyState state) =>
        state.Plan is not FamilyPlan plan || !record.Pod.Equals(plan.Record.Pod) || record.Link != plan.Record.Link
        || state.Held(plan.Ports) != record.Mappings;

    private void Complete(LocalnetChange localnet, NodeTurn turn)
    {
        try
        {
            localnet.Complete();
        }
        catch (HostPortException)
        {
            // It could be opened and yet not written: without it the mapping is half a mapping, so it is taken back.
            new DeleteOperation(_connection, _node, _attachment, new HostPortConfiguration()).Run(turn);
            LinkSettlement.Run(_connection, turn, static _ => { });
            throw;
        }
    }
}
