using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.Netlink;

namespace Berth.HostPorts.Iptables;

/// <summary>One family's part of an ADD.</summary>
internal sealed class FamilyAddition
{
    private readonly IptablesPrograms _programs;
    private readonly HostPortConfiguration _configuration;
    private NatTable? _table;
    private NatTable? _before;
    private Addition? _addition;

    internal FamilyAddition(IptablesPrograms programs, ContainerRules rules, HostPortConfiguration configuration)
    {
        _programs = programs;
        Rules = rules;
        _configuration = configuration;
    }

    internal AddressFamily Family => _programs.Family;

    /// <summary>Where it is made; known once it was prepared.</summary>
    internal ChainPlace Place => new(_programs.FindFlavour(), Family);

    /// <summary>Whether only what the programs printed says so.</summary>
    internal bool IsPlaceGuessed => _programs.IsFlavourGuessed;

    /// <summary>What is to be.</summary>
    internal ContainerRules Rules { get; }

    /// <summary>The table as it was before.</summary>
    internal NatTable Table => _table!;

    /// <summary>Says who loses what he should keep, see <see cref="JumpOrder.Hidden"/>; null for nobody.</summary>
    internal string? Hidden => _addition?.Hidden;

    private List<string> Chains =>
        SharedRules.ExternalChain(_configuration) is string external ? [Rules.Chain, external] : [Rules.Chain];

    /// <summary>Reads the table, and makes sure that what the configuration needs is there, and nothing in its way.</summary>
    internal void Prepare()
    {
        _table = _programs.Read(Chains);
        RefuseHeldPorts(_table);
        if (ExternalChain.Missing(_table, _configuration, _programs.Name) is HostPortException missing)
        {
            throw missing;
        }
    }

    /// <summary>Changes it.</summary>
    internal void Run()
    {
        string? failure = TableChange.Run(_programs, _table, Chains, table =>
        {
            // What was tried before was refused as a whole.
            _addition = null;
            RefuseHeldPorts(table);
            _before = table;
            _addition = Addition.Make(table, Rules, _configuration);
            return _addition.Input;
        });
        if (failure is not null)
        {
            _addition = null;
            // The line that was refused is said last. Of all lines only the jumps hold what somebody wrote in the configuration.
            string key = Rules.HasConditions && failure.EndsWith($" -j {Rules.Chain}", StringComparison.Ordinal)
                ? $"{ConditionsProbe.Key(Family)}: "
                : "";
            throw new HostPortException($"{key}iptables refused the rules: {failure}");
        }
    }

    private void RefuseHeldPorts(NatTable table)
    {
        if (_configuration.OnConflict == ConflictRule.Fail)
        {
            HeldPorts.Refuse(table, Rules);
            if (JumpOrder.Find(table, Rules, _configuration).Hidden is string hidden)
            {
                throw new HostPortException(hidden, Conflicts.Remedy);
            }
        }
    }

    /// <summary>Makes the family what it was before; does nothing where nothing was changed.</summary>
    /// <returns>Null, or why it could not be done.</returns>
    internal string? Undo()
    {
        if (_addition is null or { Input.IsEmpty: true })
        {
            return null;
        }

        try
        {
            return _programs.Restore(_addition.Undo.ToString()) is null
                ? null
                // Somebody uses by now what all share, or nothing was changed: only what is the container's own goes.
                : TableChange.Run(_programs, null, Chains, now => Reversal.Make(_before!, now, Rules.Chain));
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            return e.Message;
        }
    }
}
