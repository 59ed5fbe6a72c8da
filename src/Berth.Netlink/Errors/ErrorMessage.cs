namespace Berth.Netlink;

/// <summary>
/// The content of NLMSG_ERROR and NLMSG_DONE: an error number, and the extended acknowledgement (text, and the offset of
/// the attribute at fault in the request). A number of zero is an acknowledgement.
/// </summary>
/// <param name="Errno">The error number, positive.</param>
/// <param name="Text">NLMSGERR_ATTR_MSG.</param>
/// <param name="Offset">NLMSGERR_ATTR_OFFS: bytes from the start of the request's header.</param>
public readonly record struct ErrorMessage(Errno Errno, string? Text, int? Offset)
{
    private const int AttributeText = 1;
    private const int AttributeOffset = 2;

    /// <summary>Reads the payload of an error or done message.</summary>
    /// <exception cref="NetlinkFormatException">It is malformed.</exception>
    public static ErrorMessage Read(NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (payload.Length < sizeof(int))
        {
            // An empty NLMSG_DONE is a plain end; an error without a number cannot be read.
            return message.Header.Type == MessageHeader.TypeDone
                ? default
                : throw new NetlinkFormatException("an error message without an error number");
        }

        int number = BitConverter.ToInt32(payload);
        Errno errno = (Errno)(number is < 0 and > int.MinValue ? -number : 0);
        string? text = null;
        int? offset = null;
        if (message.Header.Flags.HasFlag(MessageFlags.AckAttributes))
        {
            foreach (NetlinkAttribute attribute in new AttributeReader(payload[Skip(message)..]))
            {
                switch (attribute.Type)
                {
                    case AttributeText:
                        text = attribute.ReadString();
                        break;
                    case AttributeOffset:
                        offset = (int)Math.Min(attribute.ReadUInt32(), int.MaxValue);
                        break;
                    default:
                        break;
                }
            }
        }

        return new ErrorMessage(errno, text, offset);
    }

    // Between the number and the attributes stands, in NLMSG_ERROR, the request: its header, and its payload unless capped.
    private static int Skip(NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (message.Header.Type == MessageHeader.TypeDone)
        {
            return sizeof(int);
        }

        MessageHeader request = MessageHeader.Read(payload[sizeof(int)..]);
        int requestLength = message.Header.Flags.HasFlag(MessageFlags.Capped) ? MessageHeader.Size : request.Length;
        return requestLength <= payload.Length - sizeof(int)
            ? Math.Min(sizeof(int) + Alignment.Align(requestLength), payload.Length)
            : throw new NetlinkFormatException("an error message that cuts the request it repeats");
    }
}
