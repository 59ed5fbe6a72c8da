using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Inspection;

namespace Berth.Cli.Inputs;

/// <summary>A packet as it is written on a command line.</summary>
internal static class WalkQuestionInput
{
    /// <exception cref="CommandException">An argument says something else than a packet.</exception>
    public static WalkQuestion Parse(string protocol, IReadOnlyList<string> addresses, string? input, bool fromNode, string? pod)
    {
        byte number = protocol.ToLowerInvariant() switch
        {
            "tcp" => 6,
            "udp" => 17,
            "sctp" => 132,
            "icmp" or "icmpv6" or "ping" => 1,
            _ => throw new CommandException($"PROTO {protocol}: not a protocol that is walked; say tcp, udp, sctp or icmp"),
        };
        if ((input is null ? 0 : 1) + (fromNode ? 1 : 0) + (pod is null ? 0 : 1) > 1)
        {
            throw new CommandException("--in, --from-node and --from-pod: a packet enters at one place; leave all but one out");
        }

        (IPAddress destination, ushort? port) = Endpoint("DST", addresses[^1]);
        bool hasPort = number != 1;
        if (hasPort && port is null or 0)
        {
            throw new CommandException($"DST {addresses[^1]}: has no port; write {Example(addresses[^1], destination)}");
        }

        if (!hasPort && port is not null)
        {
            throw new CommandException($"DST {addresses[^1]}: icmp has no port; write {destination}");
        }

        (IPAddress? source, ushort? sourcePort) = addresses.Count > 1 ? Endpoint("SRC", addresses[0]) : ((IPAddress?)null, (ushort?)null);
        if (source is not null && source.AddressFamily != destination.AddressFamily)
        {
            throw new CommandException(
                $"SRC {addresses[0]} and DST {addresses[^1]}: one is IPv4 and the other IPv6; give two of one family");
        }

        return new WalkQuestion(number, destination)
        {
            DestinationPort = port ?? 0,
            Source = source,
            SourcePort = hasPort ? sourcePort : null,
            Origin = input is not null ? WalkOrigin.Outside : fromNode ? WalkOrigin.Node : pod is not null ? WalkOrigin.Pod : null,
            Interface = input,
            Pod = pod,
        };
    }

    // inet_aton() and IPAddress take 010 for 8 and 0x10 for 16, and inet_pton() takes neither.
    private static string? PartBeginningWithZero(string address) => address.Contains(':', StringComparison.Ordinal)
        ? null
        : address.Split('.').FirstOrDefault(static part => part.Length > 1 && part[0] == '0');

    private static string Example(string text, IPAddress address) =>
        address.AddressFamily != AddressFamily.InterNetworkV6 ? $"{address}:80"
        : WithoutBrackets(text) is (string before, string port) ? $"[{before}]:{port}, or [{text}]:80 if all of it is the address"
        : $"[{address}]:80";

    // "::1:80" is an address, and hardly what was meant.
    private static (string Address, string Port)? WithoutBrackets(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && IPAddress.TryParse(text[..colon], out IPAddress? before) && before.AddressFamily == AddressFamily.InterNetworkV6
                ? (text[..colon], text[(colon + 1)..])
                : null;
    }

    // "192.0.2.1", "192.0.2.1:80", "fd00::1", "[fd00::1]", "[fd00::1]:80".
    private static (IPAddress Address, ushort? Port) Endpoint(string name, string text)
    {
        string address = text;
        string? port = null;
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        if (text.StartsWith('[') && bracket > 0)
        {
            address = text[1..bracket];
            port = text[(bracket + 1)..] is [':', .. var rest] ? rest : null;
            if (port is null && bracket + 1 < text.Length)
            {
                throw new CommandException($"{name} {text}: behind the bracket comes a colon and a port: {text[..(bracket + 1)]}:80");
            }
        }
        else if (text.Count(static c => c == ':') == 1)
        {
            string[] parts = text.Split(':');
            (address, port) = (parts[0], parts[1]);
        }

        if (PartBeginningWithZero(address) is string part)
        {
            throw new CommandException(
                $"{name} {text}: '{part}' begins with 0, which would make it octal or hexadecimal; write it in decimal, without such zeros");
        }

        if (!IPAddress.TryParse(address, out IPAddress? parsed) || (!address.Contains(':', StringComparison.Ordinal) && address.Count(static c => c == '.') != 3))
        {
            throw new CommandException(
                $"{name} {text}: '{address}' is not an IP address; names are not looked up. Give one such as 192.0.2.1:80 or [fd00::1]:80");
        }

        if (port is null)
        {
            return (parsed, null);
        }

        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number > 0
            ? (parsed, number)
            : throw new CommandException($"{name} {text}: '{port}' is not a port; one is between 1 and 65535");
    }
}
