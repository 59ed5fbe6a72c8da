namespace Berth.Inspection;

/// <summary>Reads targets, from text and from the kernel's structures.</summary>
internal static class IptablesTargets
{
    /// <summary>The target that stands behind -j; what is not understood becomes an <see cref="UnknownTarget"/>.</summary>
    internal static IptablesTarget Parse(string name, RuleOptions options, Func<string, bool> isChain)
    {
        if (isChain(name))
        {
            return new ChainTarget(name, false);
        }

        int start = options.Position;
        IptablesTarget? target;
        try
        {
            target = ParseKnown(name, options);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            target = null;
        }

        if (target is not null && options.IsAtEnd)
        {
            return target;
        }

        options.Position = start;
        return new UnknownTarget(name, [.. options.WordsToBoundary()]);
    }

    /// <summary>The target that a structure is.</summary>
    internal static IptablesTarget Read(ExtensionStructure structure)
    {
        try
        {
            return ReadKnown(structure) ?? new UnknownTarget(structure.Name, null);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            // Shorter than any kernel's, or with numbers that none holds.
            return new UnknownTarget(structure.Name, null);
        }
    }

    private static IptablesTarget? ParseKnown(string name, RuleOptions options) => name switch
    {
        "ACCEPT" => VerdictTarget.Accept,
        "DROP" => VerdictTarget.Drop,
        "RETURN" => VerdictTarget.Return,
        "QUEUE" => QueueTarget.Old,
        "REJECT" => RejectTarget.Parse(options),
        "DNAT" => DestinationNatTarget.Parse(options),
        "SNAT" => SourceNatTarget.Parse(options),
        "MASQUERADE" => MasqueradeTarget.Parse(options),
        "REDIRECT" => RedirectTarget.Parse(options),
        "NETMAP" => NetworkMapTarget.Parse(options),
        "MARK" => MarkTarget.Parse(options),
        "CONNMARK" => ConnectionMarkTarget.Parse(options),
        "CT" => TrackingTarget.Parse(options, false),
        "NOTRACK" => TrackingTarget.Parse(options, true),
        "TPROXY" => ProxyTarget.Parse(options),
        "LOG" => LogTarget.Parse(options),
        "NFLOG" => LogGroupTarget.Parse(options),
        "NFQUEUE" => QueueTarget.Parse(options),
        "SET" => SetTarget.Parse(options),
        "DSCP" or "TOS" => TypeOfServiceTarget.Parse(name, options),
        "TTL" or "HL" => TimeToLiveTarget.Parse(name, options),
        _ => HarmlessTargets.Parse(name, options),
    };

    private static IptablesTarget? ReadKnown(ExtensionStructure structure) => structure.Name switch
    {
        "REJECT" => RejectTarget.Read(structure),
        "DNAT" => DestinationNatTarget.Read(structure),
        "SNAT" => SourceNatTarget.Read(structure),
        "MASQUERADE" => MasqueradeTarget.Read(structure),
        "REDIRECT" => RedirectTarget.Read(structure),
        "NETMAP" => NetworkMapTarget.Read(structure),
        "MARK" => MarkTarget.Read(structure),
        "CONNMARK" => ConnectionMarkTarget.Read(structure),
        "CT" or "NOTRACK" => TrackingTarget.Read(structure),
        "TPROXY" => ProxyTarget.Read(structure),
        "LOG" => LogTarget.Read(structure),
        "NFLOG" => LogGroupTarget.Read(structure),
        "NFQUEUE" => QueueTarget.Read(structure),
        "SET" => SetTarget.Read(structure),
        "DSCP" or "TOS" => TypeOfServiceTarget.Read(structure),
        "TTL" or "HL" => TimeToLiveTarget.Read(structure),
        _ => HarmlessTargets.Read(structure),
    };
}
