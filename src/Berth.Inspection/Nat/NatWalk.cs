using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Follows the nat chains of the hooks where destinations are rewritten, and collects every rewriting with what leads to
/// it. Not a packet's way: all packets' ways at once.
/// </summary>
internal sealed class NatWalk
{
    // nf_tables allows a jump stack of 16 (NFT_JUMP_STACK_SIZE); iptables any depth without loops.
    private const int MaxDepth = 64;

    private readonly NatProgram _program;
    private readonly List<NatMapping> _found;
    private readonly List<string> _path = [];
    private readonly List<string> _comments = [];
    private int _order;

    private NatWalk(NatProgram program, List<NatMapping> found)
    {
        _program = program;
        _found = found;
    }

    /// <summary>Every rewriting of a node.</summary>
    internal static IReadOnlyList<NatMapping> Mappings(NodeSnapshot snapshot)
    {
        List<NatMapping> found = [];
        foreach (NatProgram program in NftPrograms.Of(snapshot).Concat(LegacyPrograms.Of(snapshot)))
        {
            if (program.Hook is NfHook.Prerouting or NfHook.Output)
            {
                new NatWalk(program, found).Enter(program.Chain, Selection.Any, [], false);
            }
        }

        return found;
    }

    private void Enter(string chain, Selection selected, IReadOnlyList<Selection> exclusions, bool isConditional)
    {
        if (_path.Count >= MaxDepth)
        {
            return;
        }

        _path.Add(chain);
        // What a rule of this chain takes away from those after it.
        IReadOnlyList<Selection> left = exclusions;
        foreach (IReadOnlyList<RuleCase> rule in _program.Rules(chain))
        {
            foreach (RuleCase item in rule)
            {
                if (selected.And(item.Selection) is not Selection both)
                {
                    continue;
                }

                bool condition = isConditional || item.IsConditional;
                Follow(item, both, item.Exclusions.Count == 0 ? left : [.. left, .. item.Exclusions], condition);
                if (item.Effect is RuleEffect.Return or RuleEffect.Stop or RuleEffect.Goto && !item.IsConditional && !item.IsShare)
                {
                    if (both == selected && item.Exclusions.Count == 0)
                    {
                        _path.RemoveAt(_path.Count - 1);
                        return;
                    }

                    if (item.Exclusions.Count == 0 && item.Effect != RuleEffect.Goto)
                    {
                        left = [.. left, item.Selection];
                    }
                }
            }
        }

        _path.RemoveAt(_path.Count - 1);
    }

    private void Follow(RuleCase item, Selection selected, IReadOnlyList<Selection> exclusions, bool isConditional)
    {
        if (item.Effect is not (RuleEffect.Jump or RuleEffect.Goto or RuleEffect.Rewrite))
        {
            return;
        }

        int comments = _comments.Count;
        int path = _path.Count;
        if (item.Comment is not null)
        {
            _comments.Add(item.Comment);
        }

        if (item.Map is not null)
        {
            _path.Add("@" + item.Map);
        }

        if (item.Effect == RuleEffect.Rewrite)
        {
            _found.Add(new NatMapping
            {
                IsLegacy = _program.IsLegacy,
                Table = _program.Table,
                Hook = _program.Hook,
                Priority = _program.Priority,
                Order = _order++,
                Path = [.. _path],
                Comments = [.. _comments],
                Selection = selected,
                Exclusions = exclusions,
                IsConditional = isConditional,
                Address = item.Address,
                Ports = item.Ports,
                IsRedirect = item.IsRedirect,
            });
        }
        else if (!_path.Contains(item.Chain!))
        {
            Enter(item.Chain!, selected, exclusions, isConditional);
        }

        _path.RemoveRange(path, _path.Count - path);
        _comments.RemoveRange(comments, _comments.Count - comments);
    }
}
