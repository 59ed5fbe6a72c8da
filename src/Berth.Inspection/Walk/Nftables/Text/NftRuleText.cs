using Berth.HostPorts.Iptables;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// A rule of nf_tables as <c>nft list ruleset</c> prints it. The kernel keeps what a virtual machine executes, so that the
/// text has to be found again: what a register holds when it is compared, and which matches nft itself put in front of
/// others and does not show. What cannot be found stands as the expression's name in brackets; a text without brackets is
/// accepted by nft and means the same.
/// </summary>
internal sealed partial class NftRuleText
{
    private const int Words = 16;

    private readonly NfFamily _family;
    private readonly Func<string, RulesetSet?> _sets;
    private readonly NftValueText _values;
    private readonly NftSetText _setText;
    private readonly NftOperand?[] _words = new NftOperand?[Words];
    private readonly List<Part> _parts = [];

    // The match that says which protocol a layer has, until a field of that protocol makes it needless.
    private readonly Dictionary<PayloadBase, Part> _dependencies = [];
    private readonly Dictionary<NftOperand, Part> _lowerBounds = new(ReferenceEqualityComparer.Instance);
    private NftHeader? _link;
    private NftHeader? _network;
    private byte? _transport;
    private uint? _icmpType;
    private Part? _icmpTypePart;

    private NftRuleText(NfFamily family, Func<string, RulesetSet?> sets, Func<uint, string?> linkName)
    {
        _family = family;
        _sets = sets;
        _values = new NftValueText(linkName);
        _setText = new NftSetText(_values);
        _network = family switch
        {
            NfFamily.Ip => NftHeader.Ip,
            NfFamily.Ip6 => NftHeader.Ip6,
            _ => null,
        };
        _link = family is NfFamily.Bridge or NfFamily.Netdev ? NftHeader.Ether : null;
    }

    /// <summary>The rule's text, on one line, with its comment.</summary>
    /// <param name="family">The table's family.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="sets">The table's sets by name, anonymous ones included; null for one that is not known.</param>
    /// <param name="linkName">The name of the link with an index; null when there is none.</param>
    internal static string Of(
        NfFamily family, RulesetRule rule, Func<string, RulesetSet?> sets, Func<uint, string?> linkName)
    {
        NftRuleText text = new(family, sets, linkName);
        foreach (Expression expression in rule.Expressions)
        {
            if (!text.Step(expression))
            {
                text.AddUnknown(expression);
            }
        }

        if (rule.Comment is not null)
        {
            text.Add(NftValueText.Quoted(rule.Comment) is string comment ? $"comment {comment}" : "[comment]");
        }

        return string.Join(' ', text._parts.Where(static part => !part.IsRemoved).Select(static part => part.Text));
    }

    // False: it cannot be written.
    private bool Step(Expression expression) => expression switch
    {
        Payload payload => Load(payload),
        Meta { Destination: Register destination } meta => Load(destination, NftKeys.Of(meta.Key)),
        Meta { Source: Register source } meta => Set(NftKeys.Of(meta.Key), source),
        ConntrackExpression { Destination: Register destination } conntrack => Load(destination, NftKeys.Of(conntrack)),
        ConntrackExpression { Source: Register source } conntrack => Set(NftKeys.Of(conntrack), source),
        Fib fib => Load(fib.Destination, NftKeys.Of(fib)),
        Immediate { Verdict: Verdict verdict } => Add(NftVerdictText.Of(verdict)),
        Immediate { Destination: Register destination } immediate => Load(
            destination, new NftOperand("", NftType.Invalid, immediate.Value.Length) { Constant = immediate.Value }),
        Bitwise bitwise => Compute(bitwise),
        ByteOrder order => Reorder(order),
        Compare compare => Match(compare),
        RangeCompare range => Match(range),
        Lookup lookup => LookUp(lookup),
        Nat nat => Rewrite(nat),
        Masquerade masquerade => Add("masquerade" + NatFlags(masquerade.Flags)),
        Counter counter => Add(FormattableString.Invariant($"counter packets {counter.Packets} bytes {counter.Bytes}")),
        UnknownExpression unknown => DecodedExpression.Of(unknown) is DecodedExpression decoded && Step(decoded),
        _ => false,
    };

    private bool Step(DecodedExpression expression) => expression switch
    {
        RouteLoad route => Load(route.Destination, NftKeys.Of(route)),
        SocketLoad socket => Load(socket.Destination, NftKeys.Of(socket)),
        NumberGenerator generator => Load(generator.Destination, NftKeys.Of(generator)),
        HashLoad hash => Load(hash),
        ExtensionHeader header => Load(header),
        BitShift shift => Compute(shift),
        Redirect redirect => Rewrite("redirect", redirect.Port, redirect.PortMax, redirect.Flags),
        MasqueradeToPorts masquerade => Rewrite("masquerade", masquerade.Port, masquerade.PortMax, masquerade.Flags),
        TransparentProxy proxy => Proxy(proxy),
        Untrack => Add("notrack"),
        Reject reject => Refuse(reject),
        RateLimit limit => Add(NftStatementText.Of(limit)),
        Quota quota => Add(NftStatementText.Of(quota)),
        ConnectionLimit limit => Add(NftStatementText.Of(limit)),
        Log log => Add(NftStatementText.Of(log)),
        ToQueue queue => Queue(queue),
        SetUpdate update => Update(update),
        ObjectReference reference => Add(NftStatementText.Of(reference)),
        PayloadWrite write => Set(write),
        FlowOffload offload => Add($"flow add @{offload.Table}"),
        _ => false,
    };

    private bool Add(string? text)
    {
        if (text is not null)
        {
            _parts.Add(new Part(text));
        }

        return text is not null;
    }

    // What it does to registers is not known: nothing that was loaded before counts any more.
    private void AddUnknown(Expression expression)
    {
        string name = expression is UnknownExpression { KindName: "match" or "target" } extension
            ? $"{expression.Name} {new XtExtension(extension).Name}"
            : expression.Name;
        Add($"[{name}]");
        Array.Clear(_words);
    }

    // A field of a protocol says of which protocol the packet must be.
    private void Require(PayloadBase layer)
    {
        if (_dependencies.Remove(layer, out Part? part))
        {
            part.IsRemoved = true;
        }
    }

    private NftOperand? At(Register register) => _words[register.Word];

    private bool Load(Register destination, NftOperand? operand)
    {
        if (operand is null)
        {
            return false;
        }

        int words = Math.Max(1, DataValue.PaddedLength(operand.Length) / 4);
        for (int i = 0; i < words && destination.Word + i < Words; i++)
        {
            _words[destination.Word + i] = null;
        }

        _words[destination.Word] = operand;
        return true;
    }

    private sealed class Part(string text)
    {
        internal string Text { get; set; } = text;

        internal bool IsRemoved { get; set; }
    }
}
