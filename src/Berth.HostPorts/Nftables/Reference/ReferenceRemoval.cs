using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Rules of the reference plugin that go. Written into the transaction with Berth's own change, whose generation proves
/// that they are still what they were when they were read.
/// </summary>
internal sealed class ReferenceRemoval
{
    private readonly List<ReferenceRule> _rules = [];

    internal void Add(IEnumerable<ReferenceRule> rules) => _rules.AddRange(rules);

    /// <summary>The mappings that go.</summary>
    internal List<MappingElement> Mappings
    {
        get
        {
            List<MappingElement> mappings = [];
            foreach (ReferenceRule rule in _rules)
            {
                if (rule.Mapping is not null)
                {
                    mappings.Add(rule.Mapping);
                }
            }

            return mappings;
        }
    }

    internal void WriteTo(Transaction transaction)
    {
        foreach (ReferenceRule rule in _rules)
        {
            transaction.Delete(rule.Rule);
        }
    }
}
