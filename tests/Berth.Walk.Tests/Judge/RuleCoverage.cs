using Berth.NfTables;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// What a packet met of a rule: matches as far as they were asked, the target only when all of them held. Names are those of
/// <see cref="Coverage"/>.
/// </summary>
internal static class RuleCoverage
{
    internal static IEnumerable<string> Of(WalkRule rule, WalkPacket packet, WalkNode node) => rule switch
    {
        IptablesRule iptables => OfIptables(iptables, packet, node).Select(static name => "iptables " + name),
        NftRule nft => OfNft(nft, packet, node).Select(static name => "nft " + name),
        _ => [],
    };

    private static IEnumerable<string> OfIptables(IptablesRule rule, WalkPacket packet, WalkNode node)
    {
        RuleHeader header = rule.Header;
        foreach ((string name, bool? passes) in ((string, bool?)[])
        [
            ("source", header.Source?.Passes(packet.Source)), ("destination", header.Destination?.Passes(packet.Destination)),
            ("inbound link", header.InInterface?.Passes(packet.InInterface)), ("outbound link", header.OutInterface?.Passes(packet.OutInterface)),
        ])
        {
            if (passes is bool holds)
            {
                yield return name;
                if (!holds)
                {
                    yield break;
                }
            }
        }

        if (!header.Passes(packet))
        {
            yield break;
        }

        foreach (IptablesMatch match in rule.Matches)
        {
            yield return match.Name == "icmp6" ? "icmp" : match.Name;
            if (match is SetMatch set)
            {
                yield return $"set of {node.IpSet(set.Set)!.Type}";
            }

            SavedText text = new();
            match.Print(text);
            if (text.ToString().Contains('!', StringComparison.Ordinal))
            {
                yield return "negation";
            }

            if (match.Evaluate(packet, node).Certainty == Certainty.No)
            {
                yield break;
            }
        }

        yield return rule.Target switch
        {
            ChainTarget { IsGoto: true } => "goto",
            ChainTarget => "user chain",
            TrackingTarget { IsUntracked: true } => "NOTRACK",
            NoTarget => "no target",
            IptablesTarget target => NameOf(target),
        };
    }

    // Behind -j.
    private static string NameOf(IptablesTarget target)
    {
        SavedText text = new();
        target.Print(text);
        return text.ToString().Split(' ')[1];
    }

    private static IEnumerable<string> OfNft(NftRule rule, WalkPacket packet, WalkNode node)
    {
        RuleEvaluation evaluation = new(rule, node);
        evaluation.Run(packet);
        return rule.Expressions.Take(evaluation.Reached).SelectMany(expression => OfExpression(expression, rule.Table));
    }

    private static IEnumerable<string> OfExpression(object expression, NftTable table) => expression switch
    {
        Payload => ["payload"],
        Meta { Key: var key } => key == MetaKey.SocketUser ? ["meta", "meta skuid"] : ["meta"],
        ConntrackExpression => ["ct"],
        Fib => ["fib"],
        RouteLoad => ["rt"],
        PayloadWrite => ["payload write"],
        SetUpdate => ["add to or delete from a set"],
        Lookup lookup => OfLookup(lookup, table.Set(lookup.Set)!.Set),
        NumberGenerator numbers => [numbers.IsRandom ? "numgen random" : "numgen inc"],
        HashLoad => ["jhash"],
        Bitwise => ["bitwise"],
        RangeCompare or Compare { Operator: not (CompareOperator.Equal or CompareOperator.NotEqual) } => ["range"],
        Nat nat => [nat.Type == NatType.Source ? "snat" : "dnat"],
        Masquerade or MasqueradeToPorts => ["masquerade"],
        Redirect => ["redirect"],
        Untrack => ["notrack"],
        Reject => ["reject"],
        RateLimit => ["limit"],
        Quota => ["quota"],
        ToQueue => ["queue"],
        TransparentProxy => ["tproxy"],
        Immediate { Verdict: Verdict verdict } => [verdict.Kind.ToString().ToLowerInvariant()],
        _ => [],
    };

    private static IEnumerable<string> OfLookup(Lookup lookup, RulesetSet set)
    {
        yield return lookup.IsVerdict ? "verdict map" : lookup.Destination is not null ? "map"
            : (set.Flags & SetFlags.Anonymous) != 0 ? "anonymous set" : "lookup in a set";
        if (set.FieldLengths is { Count: > 1 } || (set.Flags & SetFlags.Concatenation) != 0)
        {
            yield return "concatenation";
        }

        if ((set.Flags & SetFlags.Interval) != 0)
        {
            yield return "interval";
        }
    }
}
