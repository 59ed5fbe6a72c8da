namespace Berth.Inspection;

/// <summary>Ports of a bridge that a packet passes (struct xt_physdev_info).</summary>
internal sealed record BridgePortMatch : IptablesMatch
{
    private const int AskIn = 1;
    private const int AskOut = 2;
    private const int AskBridged = 4;
    private const int AskIsIn = 8;
    private const int AskIsOut = 16;

    internal InterfaceTest? In { get; init; }

    internal InterfaceTest? Out { get; init; }

    /// <summary>Whether it must, or must not, go from port to port; null when it does not matter.</summary>
    internal bool? IsBridged { get; init; }

    /// <summary>Whether it must, or must not, have come in by a port.</summary>
    internal bool? HasIn { get; init; }

    /// <summary>Whether it must, or must not, leave by a port.</summary>
    internal bool? HasOut { get; init; }

    internal override string Name => "physdev";

    internal static BridgePortMatch? Parse(RuleOptions options)
    {
        BridgePortMatch match = new();
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--physdev-in":
                    match = match with { In = new InterfaceTest(options.Word(), isInverted) };
                    break;
                case "--physdev-out":
                    match = match with { Out = new InterfaceTest(options.Word(), isInverted) };
                    break;
                case "--physdev-is-bridged":
                    match = match with { IsBridged = !isInverted };
                    break;
                case "--physdev-is-in":
                    match = match with { HasIn = !isInverted };
                    break;
                case "--physdev-is-out":
                    match = match with { HasOut = !isInverted };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    internal static BridgePortMatch? Read(ExtensionStructure s)
    {
        const int Invert = 64;
        if (!s.Is(0, Invert + 2))
        {
            return null;
        }

        int inverted = s.Byte(Invert);
        int asked = s.Byte(Invert + 1);
        bool? Flag(int flag) => (asked & flag) != 0 ? (inverted & flag) == 0 : null;
        return new BridgePortMatch
        {
            In = (asked & AskIn) != 0 ? s.Interface(0, 16, (inverted & AskIn) != 0) : null,
            Out = (asked & AskOut) != 0 ? s.Interface(32, 48, (inverted & AskOut) != 0) : null,
            IsBridged = Flag(AskBridged),
            HasIn = Flag(AskIsIn),
            HasOut = Flag(AskIsOut),
        };
    }

    internal override void Print(SavedText text)
    {
        Print(text, HasIn, "--physdev-is-in");
        if (In is InterfaceTest input)
        {
            text.Option(input.IsInverted, "--physdev-in", input.Pattern);
        }

        Print(text, HasOut, "--physdev-is-out");
        if (Out is InterfaceTest output)
        {
            text.Option(output.IsInverted, "--physdev-out", output.Pattern);
        }

        Print(text, IsBridged, "--physdev-is-bridged");
    }

    /// <summary>physdev_mt(): a packet that no bridge saw meets what is inverted, and nothing else.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (packet is { PhysicalIn: null, PhysicalOut: null })
        {
            return MatchAnswer.Of(
                IsBridged != true && HasIn != true && HasOut != true
                && In is null or { IsInverted: true } && Out is null or { IsInverted: true });
        }

        // Of a port that nothing tells: what all ports of the bridge have in common.
        Certainty isIn = In is not InterfaceTest input || packet.PhysicalIn is null
            ? Certainty.Yes : Passes(input, packet.PhysicalIn, packet.InInterface, node);
        Certainty isOut = Out is not InterfaceTest output ? Certainty.Yes
            : packet.PhysicalOut is null ? Certainty.No : Passes(output, packet.PhysicalOut, packet.OutInterface, node);
        bool isElse = (IsBridged is not bool isBridged || isBridged == packet.PhysicalOut is not null)
            && (HasIn is not bool hasIn || hasIn == packet.PhysicalIn is not null)
            && (HasOut is not bool hasOut || hasOut == packet.PhysicalOut is not null);
        return !isElse || isIn == Certainty.No || isOut == Certainty.No ? MatchAnswer.No
            : isIn == Certainty.Yes && isOut == Certainty.Yes ? MatchAnswer.Yes
            : MatchAnswer.NotKnown("physdev: which port of the bridge it is");
    }

    private static Certainty Passes(InterfaceTest test, string port, string? bridge, WalkNode node)
    {
        if (port != WalkPacket.UnknownPort)
        {
            return test.Passes(port) ? Certainty.Yes : Certainty.No;
        }

        int? index = node.Link(bridge)?.Index;
        List<bool> answers = [.. (node.Snapshot.Links.Value ?? []).Where(link => index is not null && link.Controller == index)
            .Select(link => test.Passes(link.Name)).Distinct()];
        return answers.Count != 1 ? Certainty.Unknown : answers[0] ? Certainty.Yes : Certainty.No;
    }

    private static void Print(SavedText text, bool? flag, string option)
    {
        if (flag is bool isSet)
        {
            text.Flag(!isSet, "!");
            text.Word(option);
        }
    }
}
