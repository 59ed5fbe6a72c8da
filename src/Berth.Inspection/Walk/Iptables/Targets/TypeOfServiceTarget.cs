namespace Berth.Inspection;

/// <summary>Changes the type of service (DSCP, struct xt_DSCP_info; TOS, struct xt_tos_target_info).</summary>
/// <param name="IsDscp">Whether it is written as DSCP, with the upper six bits alone.</param>
/// <param name="Value">The bits that are xored in.</param>
/// <param name="Mask">The bits that are cleared before.</param>
internal sealed record TypeOfServiceTarget(bool IsDscp, byte Value, byte Mask) : IptablesTarget
{
    private const int DscpShift = 2;
    private const byte DscpMask = 0xfc;

    internal static TypeOfServiceTarget? Parse(string name, RuleOptions options)
    {
        TypeOfServiceTarget? target = null;
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--set-dscp" when name == "DSCP":
                    target = new TypeOfServiceTarget(true, (byte)(options.Byte() << DscpShift), DscpMask);
                    break;
                case "--set-tos" when name == "TOS":
                    (uint value, uint mask) = options.Masked();
                    target = new TypeOfServiceTarget(false, (byte)(value & byte.MaxValue), (byte)(mask & byte.MaxValue));
                    break;
                default:
                    return null;
            }
        }

        return target;
    }

    internal static TypeOfServiceTarget? Read(ExtensionStructure s) => s.Name switch
    {
        "DSCP" when s.Is(0, 1) => new TypeOfServiceTarget(true, (byte)((s.Byte(0) << DscpShift) & DscpMask), DscpMask),
        "TOS" when s.Is(1, 2) => new TypeOfServiceTarget(false, s.Byte(0), s.Byte(1)),
        _ => null,
    };

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word(IsDscp ? "DSCP" : "TOS");
        text.Option(false, IsDscp ? "--set-dscp" : "--set-tos", IsDscp ? $"0x{Value >> DscpShift:x2}" : $"0x{Value:x2}/0x{Mask:x2}");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        int? old = packet.Dscp << DscpShift;
        int? service = Mask >= DscpMask ? (old ?? 0) & ~Mask : old & ~Mask;
        return new RuleOutcome(
            packet with { Dscp = service is int known ? (byte)(((known ^ Value) & byte.MaxValue) >> DscpShift) : null },
            WalkVerdict.Continue)
        { Effect = "changes the type of service" };
    }
}
