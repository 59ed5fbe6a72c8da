using System.Net;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Generic;
using Berth.Netlink.IpSets;
using Berth.Netlink.Ipvs;
using Berth.Netlink.Netfilter;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Fuzz;

/// <summary>What a kernel answers, message by message, and to a whole question.</summary>
internal static class NetlinkTargets
{
    // A reader of a message throws this alone; a whole question may be refused, or lost, too.
    private static readonly Type[] Declared = [typeof(NetlinkFormatException)];

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return Of("netlink", ["route", "conntrack", "nftables"], Messages);
        yield return Of("route", ["route"], bytes => Each(bytes, static message =>
        {
            Try(message, LinkReader.Read);
            Try(message, LinkAddressReader.Read);
            Try(message, RouteReader.Read);
            Try(message, RouteReader.ReadOfTable);
            Try(message, PolicyRuleReader.Read);
        }));
        yield return Of("conntrack", ["conntrack"], bytes => Each(bytes, static message => Try(message, FlowReader.Read)));
        yield return Of("ipset", ["ipset"], bytes => Each(bytes, static message => Try(message, IpSetReader.Read)));
        yield return Of("sockets", ["sockets"], bytes => Each(bytes, static message =>
        {
            Try(message, static m => SocketReader.Read(m, 6));
            Try(message, static m => SocketReader.Read(m, 17));
        }));
        yield return Of("generic", ["generic"], bytes => Each(bytes, static message =>
        {
            Try(message, GenericFamily.Read);
            Try(message, VirtualServiceAttributes.Read);
        }));
        yield return Of("answers", ["route", "conntrack", "ipset", "sockets", "generic"], Answers) with { Declared = [typeof(NetlinkException)] };
    }

    /// <summary>Calls for each message; a datagram that is cut short ends there.</summary>
    internal static void Each(ReadOnlySpan<byte> datagram, MessageAction action)
    {
        foreach (NetlinkMessage message in new MessageReader(datagram))
        {
            action(message);
        }
    }

    /// <summary>One reader's failure must not keep the bytes from the others.</summary>
    internal static void Try<T>(NetlinkMessage message, DumpReader<T> read)
        where T : class
    {
        try
        {
            _ = read(message);
        }
        catch (NetlinkFormatException)
        {
            // What it declares.
        }
    }

    /// <summary>
    /// Answers every question with the same messages, each a datagram of its own. The kernel repeats the question's number
    /// in them; every eighth keeps what the input says.
    /// </summary>
    internal static NetlinkConnection Connection(byte[] input) => new(new RecordingTransport(sent =>
    {
        uint sequence = BitConverter.ToUInt32(sent, 8);
        List<byte[]> answers = [];
        byte[] rest = input;
        while (rest.Length >= MessageHeader.Size && answers.Count < 64)
        {
            int length = (int)Math.Clamp(BitConverter.ToUInt32(rest), MessageHeader.Size, (uint)rest.Length);
            byte[] answer = rest[..length];
            if (answer[8] % 8 != 0)
            {
                BitConverter.TryWriteBytes(answer.AsSpan(8), sequence);
            }

            answers.Add(answer);
            rest = rest[Math.Min(Alignment.Align(length), rest.Length)..];
        }

        return answers;
    }));

    /// <summary>One of several, by what the input is: all of them for each would take as much longer.</summary>
    internal static T Pick<T>(T[] choices, byte[] input)
    {
        int sum = input.Length;
        foreach (byte b in input)
        {
            sum += b;
        }

        return choices[sum % choices.Length];
    }

    private static FuzzTarget Of(string name, string[] seeds, Action<byte[]> run) =>
        new(name, InputShape.Netlink, seeds, Declared, run);

    private static void Messages(byte[] bytes) => Each(bytes, static message =>
    {
        _ = ErrorMessage.Read(message);
        _ = AttributePath.Find(message.Payload, 4, message.Payload.Length / 2, static (_, path) => $"{path.Length}");
        Walk(message.Attributes(4), 16);
    });

    private static void Walk(AttributeReader attributes, int depth)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            _ = attribute.ReadString();
            _ = attribute.Value.Length switch
            {
                1 => attribute.ReadByte(),
                2 => attribute.ReadUInt16() + attribute.ReadUInt16BigEndian(),
                4 => attribute.ReadIPAddress().GetHashCode() + attribute.ReadUInt32() + attribute.ReadUInt32BigEndian(),
                8 => attribute.ReadUInt64BigEndian() > 0 ? 1 : 0,
                _ => 0L,
            };
            if (depth > 0 && attribute.IsNested)
            {
                Walk(attribute.Nested, depth - 1);
            }
        }
    }

    private static void Answers(byte[] input)
    {
        Action[] questions =
        [
            () => new RouteConnection(Connection(input)).FindLink("eth0"),
            () => new RouteConnection(Connection(input)).Links(),
            () => new RouteConnection(Connection(input)).Addresses(AddressFamily.InterNetwork, 1),
            () => new RouteConnection(Connection(input)).FindRoute(IPAddress.Loopback),
            () => new RouteConnection(Connection(input)).Routes(AddressFamily.InterNetworkV6, 254),
            () => new ConntrackConnection(Connection(input)).Flows(new FlowFilter(AddressFamily.InterNetwork) { Protocol = 17 }),
            () => new IpSetConnection(Connection(input)).Sets(),
            () => new SocketConnection(Connection(input)).Answering(6),
            () => IpvsConnection.Open(Connection(input))?.Services(),
            () => IpvsConnection.Open(Connection(input))?.Has([new VirtualService(6, IPAddress.Loopback, 80)]),
        ];
        Pick(questions, input)();
    }

    /// <summary>What is done with a message, which lives on the stack alone.</summary>
    internal delegate void MessageAction(NetlinkMessage message);
}
