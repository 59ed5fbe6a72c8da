using System.Globalization;

namespace Berth.Inspection;

/// <summary>The sender's link-layer address (struct xt_mac_info).</summary>
/// <param name="Address">The address in lower case: "aa:bb:cc:dd:ee:ff".</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal sealed record MacMatch(string Address, bool IsInverted) : IptablesMatch
{
    private const int Length = 6;

    internal override string Name => "mac";

    internal static MacMatch? Parse(RuleOptions options)
    {
        MacMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--mac-source")
            {
                return null;
            }

            match = new MacMatch(options.Word().ToLowerInvariant(), options.IsInverted);
        }

        return match;
    }

    internal static MacMatch? Read(ExtensionStructure s)
    {
        if (!s.Is(0, 12))
        {
            return null;
        }

        List<string> bytes = [];
        foreach (byte part in s.Slice(0, Length))
        {
            bytes.Add(part.ToString("x2", CultureInfo.InvariantCulture));
        }

        return new MacMatch(string.Join(':', bytes), s.UInt32(8) != 0);
    }

    internal override void Print(SavedText text) => text.Option(IsInverted, "--mac-source", Address);

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.NotKnown("mac: the sender's link-layer address");
}
