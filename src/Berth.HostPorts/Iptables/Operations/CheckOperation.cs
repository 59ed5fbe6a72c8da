using System.Net.Sockets;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>Verifies that a container has exactly the rules that its configuration means, in their order.</summary>
internal sealed class CheckOperation
{
    // A flushed table lacks thousands of rules, and ten tell as much.
    private const int MostTold = 10;

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
            else if (IsAnywhere(ChainNames.OfContainer(id.Network, id.ContainerId), family))
            {
                _defects.Add($"{family}: a chain {ChainNames.OfContainer(id.Network, id.ContainerId)} that is not configured");
            }
        }

        if (_defects.Count > 0)
        {
            string rest = _defects.Count > MostTold ? $"; and {_defects.Count - MostTold} more" : "";
            throw new HostPortException(
                $"host ports of container {id.ContainerId} on network {id.Network} are not as configured: {_defects[0]}",
                _defects.Count == 1 ? null : string.Join("; ", _defects.GetRange(0, Math.Min(MostTold, _defects.Count))) + rest);
        }
    }

    private static bool IsAnywhere(string chain, AddressFamily family)
    {
        foreach (ChainPlace place in ChainSearch.Find(chain))
        {
            if (place.Family == family)
            {
                return true;
            }
        }

        return false;
    }

    private void Check(IptablesPrograms programs, ContainerRules rules)
    {
        NatTable table = programs.Read(rules.Chain);
        foreach (RuleSpec rule in SharedRules.Rules(_configuration))
        {
            if (!table.Has(rule))
            {
                _defects.Add($"{programs.Name} {rule.Chain}: no rule {string.Join(' ', rule.Arguments)}");
            }
        }

        Compare(programs.Name, rules.Chain, rules.Rules, table.Rules(rules.Chain));
        List<SavedRule> jumps = table.Jumps(ChainNames.Dnat, rules.Chain);
        if (_configuration.Conditions(programs.Family) is not { Count: > 0 })
        {
            Compare(programs.Name, ChainNames.Dnat, rules.Jumps, jumps);
            return;
        }

        CheckConditional(programs, rules, jumps);
    }

    // Only iptables knows whether two ways to write a condition are the same. One that is told only to check changes
    // nothing. But ip6tables-legacy 1.8.9 then finds everything, so what need not be asked is compared first.
    private void CheckConditional(IptablesPrograms programs, ContainerRules rules, List<SavedRule> jumps)
    {
        RestoreInput input = new();
        int next = 0;
        foreach (RuleSpec jump in rules.Jumps)
        {
            input.Require(jump);

            // A condition with two addresses makes two rules of one.
            int first = next;
            while (next < jumps.Count && jumps[next].Has("--comment", jump) && jumps[next].Has("-p", jump)
                && jumps[next].Has("--dports", jump))
            {
                next++;
            }

            if (next == first)
            {
                _defects.Add($"{programs.Name} {ChainNames.Dnat}: no rule {string.Join(' ', jump.Arguments)}");
                return;
            }
        }

        if (next < jumps.Count)
        {
            _defects.Add($"{programs.Name} {ChainNames.Dnat}: a rule that is not configured: {jumps[next].Text}");
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
