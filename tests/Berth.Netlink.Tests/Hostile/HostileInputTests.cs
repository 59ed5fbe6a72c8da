using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Generic;
using Berth.Netlink.Ipvs;
using Berth.Netlink.Netfilter;
using Berth.Netlink.Route;

namespace Berth.Netlink.Tests.Hostile;

/// <summary>No bytes make a reader throw anything but <see cref="NetlinkException"/>, or go on for ever.</summary>
public class HostileInputTests(ITestOutputHelper output)
{
    [Fact]
    public void Attributes_end_and_fail_as_malformed_only() => Feed(40_000, static (_, bytes) =>
    {
        int steps = 0;
        foreach (NetlinkAttribute attribute in new AttributeReader(bytes))
        {
            Assert.True(++steps <= bytes.Length);
            attribute.ReadString();
            Walk(attribute.Nested, 8);
        }
    });

    [Fact]
    public void Messages_end_and_fail_as_malformed_only() => Feed(40_000, static (_, bytes) =>
    {
        int steps = 0;
        foreach (NetlinkMessage message in new MessageReader(bytes))
        {
            Assert.True(++steps <= bytes.Length);
            Walk(message.Attributes(4), 8);
        }
    });

    [Fact]
    public void Typed_reads_fail_as_malformed_only() => Feed(20_000, static (random, bytes) =>
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(bytes.AsSpan(Math.Min(bytes.Length, 20))))
        {
            switch (random.Below(7))
            {
                case 0:
                    _ = attribute.ReadByte();
                    break;
                case 1:
                    _ = attribute.ReadUInt16();
                    break;
                case 2:
                    _ = attribute.ReadUInt16BigEndian();
                    break;
                case 3:
                    _ = attribute.ReadUInt32();
                    break;
                case 4:
                    _ = attribute.ReadUInt32BigEndian();
                    break;
                case 5:
                    _ = attribute.ReadUInt64BigEndian();
                    break;
                default:
                    _ = attribute.ReadIPAddress();
                    break;
            }
        }
    });

    [Fact]
    public void Error_messages_fail_as_malformed_only() => Feed(40_000, static (random, bytes) =>
    {
        ushort type = random.Below(2) == 0 ? MessageHeader.TypeError : MessageHeader.TypeDone;
        MessageFlags flags = (MessageFlags)(random.Below(4) << 8);
        foreach (int skipped in new[] { 0, MessageHeader.Size })
        {
            byte[] payload = bytes[Math.Min(skipped, bytes.Length)..];
            MessageHeader header = new(MessageHeader.Size + payload.Length, type, flags, 1, 0);
            _ = ErrorMessage.Read(new NetlinkMessage(header, payload));
        }
    });

    [Fact]
    public void Attribute_paths_are_found_or_not() => Feed(40_000, static (random, bytes) =>
        _ = AttributePath.Find(bytes, random.Below(32), random.Below(bytes.Length + 8) - 4, (_, path) => $"{path.Length}"));

    [Fact]
    public void Netfilter_headers_fail_as_malformed_only() => Feed(10_000, static (random, bytes) =>
        NetfilterHeader.Read(bytes));

    [Fact]
    public void Generic_headers_fail_as_malformed_only() => Feed(10_000, static (random, bytes) =>
        GenericHeader.Read(bytes));

    [Fact]
    public void Links_addresses_routes_flows_and_virtual_services_fail_as_malformed_only() => Feed(60_000, static (_, bytes) =>
    {
        foreach (NetlinkMessage message in new MessageReader(bytes))
        {
            Try(message, LinkReader.Read);
            Try(message, LinkAddressReader.Read);
            Try(message, RouteReader.Read);
            Try(message, RouteReader.ReadOfTable);
            Try(message, FlowReader.Read);
            Try(message, GenericFamily.Read);
            Try(message, VirtualServiceAttributes.Read);
        }
    });

    [Fact]
    public void A_connection_survives_whatever_is_answered() => Feed(30_000, static (random, _) =>
    {
        RecordingTransport transport = new(sent =>
        {
            uint sequence = Answers.SequenceOf(sent);
            byte[][] answers = new byte[random.Below(4)][];
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = random.NextFor(sequence + (uint)random.Below(2));
            }

            return random.Below(3) == 0 ? [.. answers, Answers.Done(sequence)] : answers;
        })
        {
            OverrunOnce = random.Below(16) == 0,
        };
        Ask(random.Below(10), new NetlinkConnection(transport));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Nothing_empty_or_huge_answers_end_in_an_error(int question)
    {
        foreach (byte[][] answers in new byte[][][] { [], [[]], [[], []], [new byte[1]], [new byte[1 << 20]] })
        {
            NetlinkConnection connection = new(new RecordingTransport(_ => answers));
            Assert.ThrowsAny<NetlinkException>(() => Ask(question, connection));
        }
    }

    private static void Ask(int question, NetlinkConnection netlink)
    {
        using RouteConnection route = new(netlink);
        using ConntrackConnection conntrack = new(netlink);
        NetlinkRequest request = new("ask", 0x20, MessageFlags.None, static (ref MessageWriter w) => w.PutFlag(1), 0, null);
        switch (question)
        {
            case 0:
                _ = route.FindLink("eth0");
                break;
            case 1:
                _ = route.Links();
                break;
            case 2:
                _ = route.Addresses(AddressFamily.InterNetwork, 1);
                break;
            case 3:
                _ = route.FindRoute(IPAddress.Loopback);
                break;
            case 4:
                _ = route.Routes(AddressFamily.InterNetworkV6, 254);
                break;
            case 5:
                _ = conntrack.Flows(new FlowFilter(AddressFamily.InterNetwork) { Protocol = 17 });
                break;
            case 6:
                netlink.Execute(request);
                break;
            case 7:
                _ = IpvsConnection.Open(netlink)?.Services();
                break;
            case 8:
                _ = IpvsConnection.Open(netlink)?.Has([new VirtualService(6, IPAddress.Loopback, 80)]);
                break;
            default:
                _ = NetfilterBatch.Commit(netlink, NetfilterSubsystem.NfTables, [request], 7);
                break;
        }
    }

    private static void Try<T>(NetlinkMessage message, DumpReader<T> read)
        where T : class
    {
        try
        {
            _ = read(message);
        }
        catch (NetlinkException)
        {
            // The one thing that may happen.
        }
    }

    private static void Walk(AttributeReader attributes, int depth)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (depth > 0)
            {
                Walk(attribute.Nested, depth - 1);
            }
        }
    }

    private void Feed(int count, Action<Mutation, byte[]> reader)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Mutation random = new(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = random.Next();
            try
            {
                reader(random, bytes);
            }
            catch (NetlinkException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, input {i}, {Convert.ToHexString(bytes)}: {e}");
            }
        }

        // Both ways must have been taken, or the inputs test nothing.
        output.WriteLine($"{refused} of {count} refused");
        Assert.InRange(refused, 0, count - 1);
    }
}
