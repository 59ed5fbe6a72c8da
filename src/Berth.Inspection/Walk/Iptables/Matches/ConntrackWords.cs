using System.Globalization;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The conntrack match in words.</summary>
internal static class ConntrackWords
{
    private static readonly (FlowStatus Status, string Name)[] StatusNames =
    [
        (FlowStatus.Expected, "EXPECTED"), (FlowStatus.SeenReply, "SEEN_REPLY"), (FlowStatus.Assured, "ASSURED"),
        (FlowStatus.Confirmed, "CONFIRMED"),
    ];

    internal static string StatusText(FlowStatus status)
    {
        List<string> names = [];
        foreach ((FlowStatus bit, string name) in StatusNames)
        {
            if ((status & bit) != 0)
            {
                names.Add(name);
            }
        }

        return status == 0 ? "NONE" : string.Join(',', names);
    }

    internal static ConntrackMatch? Parse(RuleOptions options)
    {
        ConntrackMatch match = new();
        while (options.Next())
        {
            bool isInverted = options.IsInverted;
            switch (options.Option)
            {
                case "--ctstate":
                    match = match with { States = TrackedState.Parse(options.Word()), AreStatesInverted = isInverted };
                    break;
                case "--ctproto":
                    ushort protocol = ProtocolNames.Parse(options.Word()) ?? throw new FormatException("no protocol");
                    match = match with { Protocol = protocol, IsProtocolInverted = isInverted };
                    break;
                case "--ctorigsrc":
                    match = match with { OriginalSource = options.Address() };
                    break;
                case "--ctorigdst":
                    match = match with { OriginalDestination = options.Address() };
                    break;
                case "--ctreplsrc":
                    match = match with { ReplySource = options.Address() };
                    break;
                case "--ctrepldst":
                    match = match with { ReplyDestination = options.Address() };
                    break;
                case "--ctorigsrcport":
                    match = match with { OriginalSourcePort = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--ctorigdstport":
                    match = match with { OriginalDestinationPort = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--ctreplsrcport":
                    match = match with { ReplySourcePort = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--ctrepldstport":
                    match = match with { ReplyDestinationPort = new PortTest(options.Ports(), isInverted) };
                    break;
                case "--ctstatus":
                    match = match with { Status = ParseStatus(options.Word()), IsStatusInverted = isInverted };
                    break;
                case "--ctexpire":
                    match = match with { Expires = ParseSeconds(options.Word()), IsExpiresInverted = isInverted };
                    break;
                case "--ctdir":
                    match = match with { Direction = options.Word() == "ORIGINAL" ? (byte)0 : (byte)1 };
                    break;
                default:
                    return null;
            }
        }

        return match;
    }

    private static FlowStatus ParseStatus(string text)
    {
        FlowStatus status = 0;
        foreach (string name in text.Split(','))
        {
            FlowStatus one = Array.Find(StatusNames, item => item.Name == name).Status;
            status |= one != 0 || name == "NONE" ? one : throw new FormatException($"'{name}' is no status of a connection");
        }

        return status;
    }

    private static (uint First, uint Last) ParseSeconds(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        uint Parse(ReadOnlySpan<char> part, uint missing) =>
            part.IsEmpty ? missing : uint.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
        return colon < 0
            ? (Parse(text, 0), Parse(text, 0))
            : (Parse(text.AsSpan(0, colon), 0), Parse(text.AsSpan(colon + 1), uint.MaxValue));
    }
}
