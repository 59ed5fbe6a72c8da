namespace Berth.Inspection;

/// <summary>Changes the time to live of IPv4 (TTL), the hop limit of IPv6 (HL): struct ipt_TTL_info, ip6t_HL_info.</summary>
/// <param name="IsIPv6">Whether it is HL.</param>
/// <param name="Operation">"set", "inc" or "dec".</param>
/// <param name="Value">By how much, or to what.</param>
internal sealed record TimeToLiveTarget(bool IsIPv6, string Operation, byte Value) : IptablesTarget
{
    private static readonly string[] Operations = ["set", "inc", "dec"];

    internal static TimeToLiveTarget? Parse(string name, RuleOptions options)
    {
        TimeToLiveTarget? target = null;
        while (options.Next())
        {
            string operation = options.Option[(options.Option.LastIndexOf('-') + 1)..];
            if (!Operations.Contains(operation))
            {
                return null;
            }

            target = new TimeToLiveTarget(name == "HL", operation, options.Byte());
        }

        return target;
    }

    internal static TimeToLiveTarget? Read(ExtensionStructure s) => s.Is(0, 2) && s.Byte(0) < Operations.Length
        ? new TimeToLiveTarget(s.Name == "HL", Operations[s.Byte(0)], s.Byte(1))
        : null;

    internal override void Print(SavedText text) =>
        text.Word("-j").Word(IsIPv6 ? "HL" : "TTL").Option($"--{(IsIPv6 ? "hl" : "ttl")}-{Operation}", Value);

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        int? left = Operation switch
        {
            "set" => Value,
            "inc" => Math.Min(packet.TimeToLive + Value ?? byte.MaxValue, byte.MaxValue),
            _ => packet.TimeToLive is byte old ? Math.Max(old - Value, 0) : null,
        };
        if (Operation == "inc" && packet.TimeToLive is null)
        {
            left = null;
        }

        return new RuleOutcome(packet with { TimeToLive = (byte?)left }, WalkVerdict.Continue)
        {
            Effect = IsIPv6 ? "changes the hop limit" : "changes the time to live",
        };
    }
}
