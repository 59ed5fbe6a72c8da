using System.Text.RegularExpressions;
using Berth.Netlink.Conntrack;
using Berth.NfTables;

namespace Berth.Walk.Tests.Judge;

/// <summary>A mistake that the walk might make, made on purpose: the judge must see it.</summary>
/// <param name="Name">What goes wrong.</param>
internal sealed partial record Mutation(string Name)
{
    /// <summary>What the walk takes for the node.</summary>
    internal Func<NodeSnapshot, NodeSnapshot> Node { get; init; } = static snapshot => snapshot;

    /// <summary>What the walk takes for its rules.</summary>
    internal Func<WalkProgram, WalkProgram> Program { get; init; } = static program => program;

    private static string[] Matches =>
    [
        "addrtype", "multiport", "rpfilter", "socket", "tcp", "udp", "icmp", "sctp", "conntrack", "state", "mark", "connmark", "set", "owner",
        "physdev", "statistic",
    ];

    // NFTA_NG_* and NFTA_HASH_*
    private const int NumbersModulus = 2;
    private const int NumbersOffset = 4;
    private const int HashModulus = 4;
    private const int HashSeed = 5;
    private const int HashOffset = 6;

    internal static IReadOnlyList<Mutation> All { get; } =
    [
        // In the order of chains and hooks.
        new("input and forward are confused") { Program = program => new Mutant(program) { OtherHook = Confused(program.Hook) } },
        new("output is passed over") { Program = program => new Mutant(program) { IsEmpty = program.Hook == NfHook.Output } },
        new("a filter in prerouting runs after nat")
        {
            Program = program => new Mutant(program)
            {
                OtherPriority = program is { Hook: NfHook.Prerouting, Type: "filter" } ? 1000 : program.Priority,
            },
        },
        new("raw runs after connection tracking")
        {
            Program = program => new Mutant(program) { OtherPriority = program.Priority == -300 ? -199 : program.Priority },
        },
        new("the last nat chain wins, not the first")
        {
            Program = program => new Mutant(program) { OtherPriority = program.Type == "nat" ? -program.Priority : program.Priority },
        },
        new("policies are ignored") { Program = program => new Mutant(program) { OtherPolicy = WalkVerdict.Accept } },

        // In verdicts.
        new("goto comes back") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Goto, WalkVerdict.Jump)) },
        new("jump does not come back") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Jump, WalkVerdict.Goto)) },
        new("return accepts") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Return, WalkVerdict.Accept)) },
        new("accept only ends the rule") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Accept, WalkVerdict.Continue)) },
        new("reject drops in silence") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Reject, WalkVerdict.Drop)) },
        new("drop is ignored") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Drop, WalkVerdict.Continue)) },

        // In what rules change.
        new("the port of a rewriting is lost") { Program = Outcomes(static outcome => outcome with { Nat = outcome.Nat is null ? null : outcome.Nat with { Ports = null } }) },
        new("masquerading is passed over") { Program = Outcomes(static outcome => outcome.Nat is { IsMasquerade: true } ? outcome with { Nat = null } : outcome) },
        new("redirection is passed over") { Program = Outcomes(static outcome => outcome.Nat is { IsRedirect: true } ? outcome with { Nat = null } : outcome) },
        new("sources are not rewritten") { Program = Outcomes(static outcome => outcome.Nat is { Manipulation: NatManipulation.Source } ? outcome with { Nat = null } : outcome) },
        new("marks are not set") { Program = Rules(static (rule, packet, node) => [.. rule.Evaluate(packet, node).Select(outcome => outcome with { Packet = outcome.Packet with { Mark = packet.Mark } })]) },
        new("connection marks are not set") { Program = Rules(static (rule, packet, node) => [.. rule.Evaluate(packet, node).Select(outcome => outcome with { Packet = outcome.Packet with { ConnectionMark = packet.ConnectionMark } })]) },
        new("notrack is ignored") { Program = Rules(static (rule, packet, node) => [.. rule.Evaluate(packet, node).Select(outcome => outcome with { Packet = outcome.Packet with { State = packet.State } })]) },

        // In what rules see.
        new("rules see no mark") { Program = Seen(static packet => packet with { Mark = 0 }, static (packet, before) => packet with { Mark = packet.Mark | before.Mark }) },
        new("rules see the destination before it was rewritten")
        {
            Program = Seen(
                static packet => packet.Original is { } original ? packet with { Destination = original.Destination, DestinationPort = original.DestinationPort } : packet,
                static (packet, before) => packet with { Destination = before.Destination, DestinationPort = before.DestinationPort }),
        },
        new("rules see every packet as new") { Program = Seen(static packet => packet with { State = packet.IsTracked ? WalkState.New : packet.State | WalkState.New }, static (packet, before) => packet with { State = before.State }) },
        new("rules see no status") { Program = Seen(static packet => packet with { Status = FlowStatus.None }, static (packet, before) => packet with { Status = before.Status }) },
        new("rules see no inbound link") { Program = Seen(static packet => packet with { InInterface = null }, static (packet, before) => packet with { InInterface = before.InInterface }) },
        new("rules see no outbound link") { Program = Seen(static packet => packet with { OutInterface = null }, static (packet, before) => packet with { OutInterface = before.OutInterface }) },
        new("rules take every user for root") { Program = Seen(static packet => packet with { SocketUser = packet.SocketUser is null ? null : 0, SocketGroup = packet.SocketGroup is null ? null : 0 }, static (packet, before) => packet with { SocketUser = before.SocketUser, SocketGroup = before.SocketGroup }) },
        new("rules see no ports of the bridge") { Program = Seen(static packet => packet with { PhysicalIn = null, PhysicalOut = null, IsBridged = false }, static (packet, before) => packet with { PhysicalIn = before.PhysicalIn, PhysicalOut = before.PhysicalOut, IsBridged = before.IsBridged }) },

        // In how rules are read.
        new("negation is ignored") { Node = snapshot => Read(snapshot, NotNegated, static text => text.Replace("! ", "", StringComparison.Ordinal)) },
        new("masks are ignored") { Node = snapshot => Read(snapshot, NotMasked, static text => Masks().Replace(text, "")) },
        new("ranges end where they begin") { Node = snapshot => Read(snapshot, NotRanged, static text => Ranges().Replace(text, "$1")) },
        new("sets are empty") { Node = snapshot => OfTables(snapshot, static table => table with { Sets = [.. table.Sets.Select(static set => set with { Elements = [] })] }) },
        new("intervals of sets are single keys") { Node = snapshot => OfTables(snapshot, static table => table with { Sets = [.. table.Sets.Select(Single)] }) },
        new("ipsets are empty") { Node = static snapshot => snapshot with { IpSets = Part.Of<IReadOnlyList<Netlink.IpSets.IpSet>>([.. (snapshot.IpSets.Value ?? []).Select(static set => set with { Entries = [] })]) } },
        new("exceptions of ipsets are ignored") { Node = static snapshot => snapshot with { IpSets = Part.Of<IReadOnlyList<Netlink.IpSets.IpSet>>([.. (snapshot.IpSets.Value ?? []).Select(static set => set with { Entries = [.. set.Entries.Select(static entry => entry with { Flags = 0 })] })]) } },

        // In the node.
        new("policy rules of routing are ignored") { Node = static snapshot => snapshot with { Rules = Part.Of<IReadOnlyList<Netlink.Route.PolicyRule>>([.. (snapshot.Rules.Value ?? []).Where(static rule => rule.Mark is null or 0)]) } },
        new("route_localnet is taken for on") { Node = static snapshot => With(snapshot, "route_localnet", "1") },
        new("rp_filter is taken for off") { Node = static snapshot => With(snapshot, "rp_filter", "0") },
        new("bridges are taken not to call iptables") { Node = static snapshot => With(snapshot, "bridge-nf-call-iptables", "0") },
        new("iptables-legacy is not read") { Node = static snapshot => snapshot with { LegacyIptables = Part.Absent<IReadOnlyList<LegacyTables>>("none") } },

        // In matches and targets.
        .. Matches.Select(static name => new Mutation($"{name} always holds")
        {
            Program = Rules((rule, packet, node) => (rule is IptablesRule iptables ? new RuleWithout(iptables, name) : rule).Evaluate(packet, node)),
        }),
        new("fib always holds") { Node = static snapshot => Without(snapshot, static expression => expression is Fib) },
        new("rt always holds") { Node = static snapshot => Without(snapshot, static expression => expression is UnknownExpression { KindName: "rt" }) },
        new("verdict maps are passed over") { Node = static snapshot => Without(snapshot, static expression => expression is Lookup { IsVerdict: true }) },
        new("TPROXY is passed over") { Program = Outcomes(static outcome => Turned(outcome, WalkVerdict.Proxied, WalkVerdict.Continue) with { Packet = outcome.Packet with { IsProxied = false } }) },
        new("IPv6 is not read") { Program = program => new Mutant(program) { IsEmpty = program.Family == NfFamily.Ip6 } },

        new("statistic never holds")
        {
            Program = Rules(static (rule, packet, node) => rule is IptablesRule iptables && iptables.Matches.Any(static match => match.Name == "statistic")
                ? [RuleOutcome.NoMatch(packet)]
                : rule.Evaluate(packet, node)),
        },
        new("numgen gives the first number alone") { Node = static snapshot => Numbers(snapshot, "numgen", NumbersModulus, static _ => 1) },
        new("numgen begins at zero") { Node = static snapshot => Numbers(snapshot, "numgen", NumbersOffset, static _ => 0) },
        new("jhash has another seed") { Node = static snapshot => Numbers(snapshot, "hash", HashSeed, static seed => seed ^ 0x55) },
        new("jhash has half its numbers") { Node = static snapshot => Numbers(snapshot, "hash", HashModulus, static modulus => modulus / 2) },
        new("jhash begins at zero") { Node = static snapshot => Numbers(snapshot, "hash", HashOffset, static _ => 0) },

        // In answers.
        new("rules see no answer") { Program = Rules(static (rule, packet, node) => packet.IsAnswer ? [RuleOutcome.NoMatch(packet)] : rule.Evaluate(packet, node)) },
        new("rules see answers as new connections") { Program = Seen(static packet => packet.IsAnswer && packet.IsTracked ? packet with { State = WalkState.New } : packet, static (packet, before) => packet with { State = before.State }) },
    ];

    /// <summary>Mistakes in how often something happens, which only many packets show.</summary>
    internal static IReadOnlyDictionary<string, Mutation> OfChance { get; } = new Mutation[]
    {
        new("numgen has twice the numbers") { Node = static snapshot => Numbers(snapshot, "numgen", NumbersModulus, static modulus => modulus * 2) },
        new("each way is as likely")
        {
            Program = Rules(static (rule, packet, node) => rule.Evaluate(packet, node) is { Count: > 1 } outcomes
                ? [.. outcomes.Select(outcome => outcome with { Probability = outcome.Probability is null ? null : 1.0 / outcomes.Count })]
                : rule.Evaluate(packet, node)),
        },
    }.ToDictionary(static mutation => mutation.Name);

    // An attribute with a number, of each expression of a kind.
    private static NodeSnapshot Numbers(NodeSnapshot snapshot, string kind, int type, Func<uint, uint> change) => Read(
        snapshot,
        expression => expression is UnknownExpression unknown && unknown.KindName == kind
            ? unknown with { Data = DataValue.FromBytes(Changed(unknown.Data.Bytes.ToArray(), type, change)) }
            : expression,
        static text => text);

    private static byte[] Changed(byte[] attributes, int type, Func<uint, uint> change)
    {
        const int Header = 4;
        for (int at = 0; at + Header < attributes.Length;)
        {
            int length = BitConverter.ToUInt16(attributes, at);
            if ((BitConverter.ToUInt16(attributes, at + 2) & 0x3fff) == type && length == Header + sizeof(uint))
            {
                Span<byte> value = attributes.AsSpan(at + Header, sizeof(uint));
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
                    value, change(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value)));
            }

            at += (length + 3) & ~3;
        }

        return attributes;
    }

    private static NfHook Confused(NfHook hook) => hook switch
    {
        NfHook.Input => NfHook.Forward,
        NfHook.Forward => NfHook.Input,
        _ => hook,
    };

    private static Func<WalkProgram, WalkProgram> Outcomes(Func<RuleOutcome, RuleOutcome> change) =>
        Rules((rule, packet, node) => [.. rule.Evaluate(packet, node).Select(change)]);

    private static Func<WalkProgram, WalkProgram> Seen(Func<WalkPacket, WalkPacket> see, Func<WalkPacket, WalkPacket, WalkPacket> back) =>
        Rules((rule, packet, node) => [.. rule.Evaluate(see(packet), node).Select(outcome => outcome with { Packet = back(outcome.Packet, packet) })]);

    private static Func<WalkProgram, WalkProgram> Rules(Func<WalkRule, WalkPacket, WalkNode, IReadOnlyList<RuleOutcome>> evaluate) =>
        program => new Mutant(program) { Change = rule => new MutantRule(rule, evaluate) };

    private static RuleOutcome Turned(RuleOutcome outcome, WalkVerdict from, WalkVerdict to) =>
        outcome.Verdict == from ? outcome with { Verdict = to } : outcome;

    private static NodeSnapshot Read(NodeSnapshot snapshot, Func<Expression, Expression> change, Func<string, string> text)
    {
        NodeSnapshot changed = OfTables(snapshot, table => table with
        {
            Chains =
            [
                .. table.Chains.Select(chain => chain with
                {
                    Rules = [.. chain.Rules.Select(rule => rule with { Expressions = [.. rule.Expressions.Select(change)] })],
                }),
            ],
        });
        return changed with
        {
            LegacyIptables = snapshot.LegacyIptables.Value is { } legacy
                ? Part.Of<IReadOnlyList<LegacyTables>>([.. legacy.Select(tables => tables with { Save = text(tables.Save) })])
                : snapshot.LegacyIptables,
        };
    }

    private static NodeSnapshot OfTables(NodeSnapshot snapshot, Func<RulesetTable, RulesetTable> change) =>
        snapshot.NfTables.Value is not { } ruleset ? snapshot : snapshot with
        {
            NfTables = Part.Of(ruleset with { Tables = [.. ruleset.Tables.Select(change)] }),
        };

    // With what compares the value that it loads.
    private static NodeSnapshot Without(NodeSnapshot snapshot, Func<Expression, bool> isGone) => OfTables(snapshot, table => table with
    {
        Chains =
        [
            .. table.Chains.Select(chain => chain with
            {
                Rules =
                [
                    .. chain.Rules.Select(rule => rule with
                    {
                        Expressions =
                        [
                            .. rule.Expressions.Where((expression, index) => !isGone(expression)
                                && !(expression is Compare && index > 0 && isGone(rule.Expressions[index - 1]))),
                        ],
                    }),
                ],
            }),
        ],
    });

    private static Expression NotNegated(Expression expression) => expression switch
    {
        Compare { Operator: CompareOperator.NotEqual } compare => compare with { Operator = CompareOperator.Equal },
        RangeCompare range => range with { Operator = CompareOperator.Equal },
        Lookup lookup => lookup with { IsInverted = false },
        _ => expression,
    };

    private static Expression NotMasked(Expression expression) => expression is Bitwise bitwise
        ? bitwise with { Mask = DataValue.FromBytes([.. Enumerable.Repeat(byte.MaxValue, bitwise.Mask.Length)]) }
        : expression;

    private static Expression NotRanged(Expression expression) => expression is RangeCompare range
        ? range with { To = range.From }
        : expression;

    private static RulesetSet Single(RulesetSet set) => set with
    {
        Flags = set.Flags & ~(SetFlags.Interval | SetFlags.Concatenation),
        Elements = [.. set.Elements.Where(static element => !element.IsIntervalEnd).Select(static element => element with { KeyEnd = null })],
    };

    private static NodeSnapshot With(NodeSnapshot snapshot, string setting, string value) => snapshot with
    {
        Sysctls = Part.Of<IReadOnlyDictionary<string, string>>(snapshot.Sysctls.Value!.ToDictionary(
            pair => pair.Key, pair => pair.Key.EndsWith(setting, StringComparison.Ordinal) ? value : pair.Value)),
    };

    [GeneratedRegex("(?<=mark 0x[0-9a-f]+)/0x[0-9a-f]+|(?<=-[sd] [0-9a-f.:]+)/[0-9]+")]
    private static partial Regex Masks();

    [GeneratedRegex("(?<=ports? )([0-9]+):[0-9]+")]
    private static partial Regex Ranges();
}

/// <summary>A base chain that is not quite what it was.</summary>
internal sealed class Mutant(WalkProgram inner) : WalkProgram
{
    internal NfHook? OtherHook { get; init; }

    internal int? OtherPriority { get; init; }

    internal WalkVerdict? OtherPolicy { get; init; }

    internal bool IsEmpty { get; init; }

    internal Func<WalkRule, WalkRule> Change { get; init; } = static rule => rule;

    internal override bool IsLegacy => inner.IsLegacy;

    internal override NfFamily Family => inner.Family;

    internal override string Table => inner.Table;

    internal override string Chain => inner.Chain;

    internal override NfHook Hook => OtherHook ?? inner.Hook;

    internal override int Priority => OtherPriority ?? inner.Priority;

    internal override string Type => inner.Type;

    internal override WalkVerdict Policy => IsEmpty ? WalkVerdict.Accept : OtherPolicy ?? inner.Policy;

    internal override ulong Registration => inner.Registration;

    internal override IReadOnlyList<WalkRule> Rules(string chain) => IsEmpty ? [] : [.. inner.Rules(chain).Select(Change)];
}

/// <summary>A rule that is not quite what it was.</summary>
internal sealed class MutantRule(
    WalkRule inner, Func<WalkRule, WalkPacket, WalkNode, IReadOnlyList<RuleOutcome>> evaluate) : WalkRule
{
    internal override string Text => inner.Text;

    internal override string? Comment => inner.Comment;

    internal override IReadOnlyList<RuleOutcome> Evaluate(WalkPacket packet, WalkNode node) => evaluate(inner, packet, node);
}

/// <summary>A rule of iptables without its matches of one name.</summary>
internal sealed class RuleWithout(IptablesRule inner, string name) : IptablesRule(inner.Chain)
{
    internal override RuleHeader Header => inner.Header;

    protected override RuleBody ReadBody() => new([.. inner.Matches.Where(match => match.Name != name)], inner.Target);
}
