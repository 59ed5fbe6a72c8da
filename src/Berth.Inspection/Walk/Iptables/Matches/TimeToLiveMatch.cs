namespace Berth.Inspection;

/// <summary>How a packet's time to live compares (struct ipt_ttl_info, ip6t_hl_info).</summary>
internal enum TimeToLiveComparison
{
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    Greater = 3,
}

/// <summary>The time to live of IPv4, the hop limit of IPv6.</summary>
internal sealed record TimeToLiveMatch(bool IsIPv6, TimeToLiveComparison Comparison, byte Value) : IptablesMatch
{
    internal override string Name => IsIPv6 ? "hl" : "ttl";

    internal static TimeToLiveMatch? Parse(RuleOptions options)
    {
        TimeToLiveMatch? match = null;
        while (options.Next())
        {
            bool isIPv6 = options.Option.StartsWith("--hl", StringComparison.Ordinal);
            TimeToLiveComparison? comparison = options.Option switch
            {
                "--ttl-eq" or "--ttl" or "--hl-eq" => options.IsInverted ? TimeToLiveComparison.NotEqual : TimeToLiveComparison.Equal,
                "--ttl-lt" or "--hl-lt" => TimeToLiveComparison.Less,
                "--ttl-gt" or "--hl-gt" => TimeToLiveComparison.Greater,
                _ => null,
            };
            if (comparison is null)
            {
                return null;
            }

            match = new TimeToLiveMatch(isIPv6, comparison.Value, options.Byte());
        }

        return match;
    }

    internal static TimeToLiveMatch? Read(ExtensionStructure s) => s.Is(0, 2) && s.Byte(0) <= (int)TimeToLiveComparison.Greater
        ? new TimeToLiveMatch(!s.Context.IsIPv4, (TimeToLiveComparison)s.Byte(0), s.Byte(1))
        : null;

    internal override void Print(SavedText text)
    {
        string operation = Comparison switch
        {
            TimeToLiveComparison.Less => "lt",
            TimeToLiveComparison.Greater => "gt",
            _ => "eq",
        };
        text.Option(Comparison == TimeToLiveComparison.NotEqual, $"--{Name}-{operation}", $"{Value}");
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (packet.TimeToLive is not byte left)
        {
            return MatchAnswer.NotKnown($"{Name}: the packet's {(IsIPv6 ? "hop limit" : "time to live")}");
        }

        return MatchAnswer.Of(Comparison switch
        {
            TimeToLiveComparison.Less => left < Value,
            TimeToLiveComparison.Greater => left > Value,
            TimeToLiveComparison.NotEqual => left != Value,
            _ => left == Value,
        });
    }
}
