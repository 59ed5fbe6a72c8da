namespace Berth.Netlink;

// Many changes as one.
public sealed partial class NetlinkConnection
{
    /// <summary>
    /// Sends all requests in one datagram, which the protocol treats as one change: all or nothing.
    /// </summary>
    /// <returns>What the kernel refused; empty when it did it all.</returns>
    /// <exception cref="NetlinkOverrunException">The answer was lost: the change may have been made, or not.</exception>
    public IReadOnlyList<KernelError> Batch(NetlinkRequest[] requests, int acknowledged)
    {
        uint first = TakeSequences(requests.Length);
        using Datagram datagram = Datagram.Write(
            requests, first, i => i == acknowledged ? MessageFlags.Ack : MessageFlags.None);
        _transport.Reserve(datagram.Bytes.Length + AnswerCost, checked(requests.Length * AnswerCost));
        _transport.Send(datagram.Bytes);

        // Errors and the acknowledgement are all there when the send returns. An acknowledgement alone proves nothing:
        // the kernel goes on to find more errors after the first, and acknowledges what it takes back in the end.
        List<KernelError> errors = [];
        bool answered = false;
        while (true)
        {
            int length = _transport.Receive(_receive, wait: !answered);
            if (length == 0)
            {
                return errors;
            }

            foreach (NetlinkMessage message in new MessageReader(_receive.AsSpan(0, length)))
            {
                int index = datagram.IndexOf(message.Header.Sequence);
                if (index < 0 || message.Header.Type != MessageHeader.TypeError)
                {
                    continue;
                }

                answered = true;
                ErrorMessage error = ErrorMessage.Read(message);
                if (error.Errno != Errno.None)
                {
                    errors.Add(datagram.ToError(index, error));
                }
            }
        }
    }
}
