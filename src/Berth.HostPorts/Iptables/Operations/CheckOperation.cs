using System.Net.Sockets;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>Verifies that a container has exactly the rules that its configuration means, in their order.</summary>
internal sealed class CheckOperation
{
    private readonly Attachment _attachment;
    private readonly HostPortConfiguration _configuration;
    private readonly List<string> _defects = [];

    internal CheckOperation(Attachment attachment, HostPortConfiguration configuration)
    {
        _attachment = attachment;
        _configuration = configuration;
    }

    /// <summary>Does it.</summary>
    /// <exception cref="HostPortException">Something is not as it should be; the details say all that is not.</exception>
    internal void Run()
    {
        AttachmentId id = _attachment.Id;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            if (ContainerRules.Make(family, _attachment, _configuration) is ContainerRules rules)
            {
                Check(IptablesPrograms.Installed(family), rules);
            }
            else if (ChainSearch.Find(ChainNames.OfContainer(id.Network, id.ContainerId)).Any(place => place.Family == family))
            {
                _defects.Add($"{family}: a chain {ChainNames.OfContainer(id.Network, id.ContainerId)} that is not configured");
            }
        }

        if (_defects.Count > 0)
        {
            throw new HostPortException(
                $"host ports of container {id.ContainerId} on network {id.Network} are not as configured: {_defects[0]}",
                _defects.Count == 1 ? null : string.Join("; ", _defects));
        }
    }

    private void Check(IptablesPrograms programs, ContainerRules rules)
    {
        NatTable table = programs.Read();
        foreach (RuleSpec rule in SharedRules.Rules(_configuration))
        {
            if (!table.Rules(rule.Chain).Any(saved => saved.Says(rule.Arguments)))
            {
                _defects.Add($"{programs.Name} {rule.Chain}: no rule {string.Join(' ', rule.Arguments)}");
            }
        }

        Compare(programs.Name, rules.Chain, rules.Rules, table.Rules(rules.Chain));
        List<SavedRule> jumps = [.. table.Rules(ChainNames.Dnat).Where(rule => rule.Jump == rules.Chain)];
        if (_configuration.Conditions(programs.Family) is not { Count: > 0 })
        {
            Compare(programs.Name, ChainNames.Dnat, rules.Jumps, jumps);
            return;
        }

        // Only iptables knows whether two ways to write a condition are the same. One that is told only to check changes
        // nothing.
        RestoreInput input = new();
        foreach (RuleSpec jump in rules.Jumps)
        {
            input.Require(jump);
        }

        if (jumps.Count != rules.Jumps.Count)
        {
            _defects.Add($"{programs.Name} {ChainNames.Dnat}: {jumps.Count} jumps to {rules.Chain} instead of {rules.Jumps.Count}");
        }
        else if (programs.Restore(input.ToString()) is string failure)
        {
            _defects.Add($"{programs.Name} {ChainNames.Dnat}: {failure}");
        }
    }

    private void Compare(string programs, string chain, IReadOnlyList<RuleSpec> wanted, IReadOnlyList<SavedRule> found)
    {
        for (int i = 0; i < Math.Max(wanted.Count, found.Count); i++)
        {
            if (i >= wanted.Count)
            {
                _defects.Add($"{programs} {chain}: a rule that is not configured: {found[i].Text}");
            }
            else if (i >= found.Count)
            {
                _defects.Add($"{programs} {chain}: no rule {string.Join(' ', wanted[i].Arguments)}");
            }
            else if (!found[i].Says(wanted[i].Arguments))
            {
                _defects.Add($"{programs} {chain}: {found[i].Text} instead of {string.Join(' ', wanted[i].Arguments)}");
            }
        }
    }
}
