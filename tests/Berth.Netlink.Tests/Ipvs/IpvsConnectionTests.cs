using System.Net;
using Berth.Netlink.Generic;
using Berth.Netlink.Ipvs;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.Netlink.Tests.Ipvs;

public class IpvsConnectionTests
{
    private static readonly VirtualService Sql = new(6, IPAddress.Parse("10.96.0.10"), 3306);

    private static readonly Gen<VirtualService> Services =
        from protocol in Gen.Elements<byte>(6, 17, 132)
        from isV4 in Gen.Elements(true, false)
        from bytes in Gen.Choose(0, 255).ArrayOf(isV4 ? 4 : 16)
        from port in Gen.Choose(0, ushort.MaxValue)
        select new VirtualService(protocol, new IPAddress([.. bytes.Select(static b => (byte)b)]), (ushort)port);

    [Fact]
    public void The_questions_are_those_of_ipvsadm()
    {
        RecordingTransport transport = new(Kernel);
        using IpvsConnection connection = Assert.IsType<IpvsConnection>(IpvsConnection.Open(new NetlinkConnection(transport)));
        _ = connection.Services();
        _ = connection.Has([Sql]);

        AssertSame(IpvsadmDatagrams.FamilyRequest, transport.Sent[0]);
        AssertSame(IpvsadmDatagrams.ServicesRequest, transport.Sent[1]);

        // ipvsadm fills in what a question does not need.
        Assert.Equal(Names(IpvsadmDatagrams.ServiceRequest), Names(transport.Sent[2]));
    }

    [Fact]
    public void Services_read_as_ipvsadm_prints_them_but_for_those_of_a_firewall_mark()
    {
        using IpvsConnection connection = Open(Kernel)!;

        Assert.Equal(
            [
                new VirtualService(132, IPAddress.Parse("192.0.2.1"), 30081),
                new VirtualService(6, IPAddress.Parse("fd00:96::10"), 3306),
                new VirtualService(17, IPAddress.Parse("192.0.2.1"), 30080),
                Sql,
            ],
            connection.Services());
    }

    [Fact]
    public void One_service_is_there_and_another_is_not()
    {
        using IpvsConnection connection = Open(Kernel)!;

        Assert.Equal([true, false, true], connection.Has([Sql, Sql with { Port = 3307 }, Sql]));
    }

    [Fact]
    public void Without_the_family_there_is_no_connection()
    {
        RecordingTransport transport = new(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.NoEntry)]);

        Assert.Null(IpvsConnection.Open(new NetlinkConnection(transport)));
        Assert.Single(transport.Sent);
    }

    [Fact]
    public void A_refusal_says_what_was_asked()
    {
        using IpvsConnection connection = Open(sent => IsForController(sent)
            ? Kernel(sent)
            : [Answers.Error(Answers.SequenceOf(sent), Errno.NotPermitted)])!;

        NetlinkErrorException refused = Assert.Throws<NetlinkErrorException>(() => connection.Services());
        Assert.Equal(Errno.NotPermitted, refused.Errno);
        Assert.Contains("virtual services of IPVS", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            Errno.NotPermitted, Assert.Throws<NetlinkErrorException>(() => connection.Has([Sql])).Errno);
    }

    [Fact]
    public void A_service_is_read_as_it_was_written() => Prop.ForAll(Arb.From(Services), service =>
    {
        byte[] buffer = new byte[256];
        MessageWriter writer = new(buffer);
        new GenericHeader(1, 1).Write(ref writer);
        VirtualServiceAttributes.Write(ref writer, service);
        byte[] payload = writer.Written.ToArray();
        MessageHeader header = new(MessageHeader.Size + payload.Length, 0x20, MessageFlags.None, 1, 0);
        return service == VirtualServiceAttributes.Read(new NetlinkMessage(header, payload));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_generic_header_is_read_as_it_was_written() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 255)), Arb.From(Gen.Choose(0, 255)), (command, version) =>
        {
            byte[] buffer = new byte[GenericHeader.Size];
            MessageWriter writer = new(buffer);
            GenericHeader header = new((byte)command, (byte)version);
            header.Write(ref writer);
            return GenericHeader.Read(writer.Written) == header;
        }).QuickCheckThrowOnFailure();

    private static IpvsConnection? Open(Func<byte[], IEnumerable<byte[]>> kernel) =>
        IpvsConnection.Open(new NetlinkConnection(new RecordingTransport(kernel)));

    // A kernel that has recorded answers to the questions of the recording.
    private static IEnumerable<byte[]> Kernel(byte[] sent)
    {
        if (IsForController(sent))
        {
            yield return Answers.Renumbered(IpvsadmDatagrams.FamilyAnswer, Answers.SequenceOf(sent));
            yield break;
        }

        List<string> names = Names(sent);
        if (names.Count == 0)
        {
            yield return Answers.Renumbered(IpvsadmDatagrams.ServicesAnswer, Answers.SequenceOf(sent));
            yield return Answers.Renumbered(IpvsadmDatagrams.ServicesDone, Answers.SequenceOf(sent));
            yield break;
        }

        string known = string.Join(' ', Names(IpvsadmDatagrams.ServiceRequest));
        int each = names.Count / Answers.Sequences(sent).Count;
        foreach ((uint sequence, string[] name) in Answers.Sequences(sent).Zip(names.Chunk(each)))
        {
            byte[] answer = string.Join(' ', name) == known ? IpvsadmDatagrams.ServiceAnswer : IpvsadmDatagrams.NoService;
            yield return Answers.Renumbered(answer, sequence);
        }
    }

    private static bool IsForController(byte[] sent) => BitConverter.ToUInt16(sent, 4) == 0x10;

    // Type and payload: the flags differ by the acknowledgement that libnl asks for.
    private static void AssertSame(byte[] golden, byte[] sent)
    {
        Assert.Equal(golden.Length, sent.Length);
        Assert.Equal(golden[4..6], sent[4..6]);
        Assert.Equal(Convert.ToHexString(golden[MessageHeader.Size..]), Convert.ToHexString(sent[MessageHeader.Size..]));
        const MessageFlags Matters = MessageFlags.Request | MessageFlags.Dump;
        Assert.Equal(
            (MessageFlags)BitConverter.ToUInt16(golden, 6) & Matters, (MessageFlags)BitConverter.ToUInt16(sent, 6) & Matters);
    }

    // Family, protocol, address and port of the services asked for.
    private static List<string> Names(byte[] sent)
    {
        List<string> names = [];
        foreach (NetlinkMessage message in new MessageReader(sent))
        {
            foreach (NetlinkAttribute service in message.Attributes(GenericHeader.Size))
            {
                foreach (NetlinkAttribute attribute in service.Nested)
                {
                    if (attribute.Type <= 4)
                    {
                        names.Add($"{attribute.Type}={Convert.ToHexString(attribute.Value)}");
                    }
                }
            }
        }

        return names;
    }
}
