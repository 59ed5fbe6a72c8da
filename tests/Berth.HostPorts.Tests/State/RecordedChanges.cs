using Berth.Netlink;
using Berth.Netlink.Netfilter;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.State;

/// <summary>What a transaction tells a kernel that takes everything.</summary>
internal static class RecordedChanges
{
    private const int NewElement = 12;
    private const int DeleteElement = 14;
    private const int AttributeSet = 2; // NFTA_SET_ELEM_LIST_SET
    private const int AttributeElements = 3; // NFTA_SET_ELEM_LIST_ELEMENTS

    /// <summary>"create SET COUNT" and "delete SET COUNT", in order.</summary>
    internal static IReadOnlyList<string> Of(Transaction transaction)
    {
        RecordingTransport transport = new(Acknowledge);
        using NfTablesConnection connection = new(new NetlinkConnection(transport));
        Assert.True(connection.Commit(transaction));
        List<string> changes = [];
        foreach (NetlinkMessage message in new MessageReader(transport.Sent[0]))
        {
            string? verb = (message.Header.Type & 0xff) switch
            {
                NewElement => "create",
                DeleteElement => "delete",
                _ => null,
            };
            if (verb is not null && message.Header.Type >> 8 == (int)NetfilterSubsystem.NfTables)
            {
                changes.Add($"{verb} {Describe(message)}");
            }
        }

        return changes;
    }

    private static string Describe(NetlinkMessage message)
    {
        string set = "";
        int count = 0;
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            if (attribute.Type == AttributeSet)
            {
                set = attribute.ReadString();
            }
            else if (attribute.Type == AttributeElements)
            {
                foreach (NetlinkAttribute _ in attribute.Nested)
                {
                    count++;
                }
            }
        }

        return $"{set} {count}";
    }

    private static List<byte[]> Acknowledge(byte[] datagram)
    {
        List<byte[]> answers = [];
        foreach (NetlinkMessage message in new MessageReader(datagram))
        {
            if (message.Header.Flags.HasFlag(MessageFlags.Ack))
            {
                byte[] answer = new byte[MessageHeader.Size + sizeof(int) + MessageHeader.Size];
                new MessageHeader(answer.Length, MessageHeader.TypeError, MessageFlags.None, message.Header.Sequence, 0)
                    .Write(answer);
                message.Header.Write(answer.AsSpan(MessageHeader.Size + sizeof(int)));
                answers.Add(answer);
            }
        }

        return answers;
    }
}
