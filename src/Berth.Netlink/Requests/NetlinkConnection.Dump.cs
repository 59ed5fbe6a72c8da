namespace Berth.Netlink;

// Answers of many messages.
public sealed partial class NetlinkConnection
{
    /// <summary>Reads all that a dump request matches. An interrupted or overrun dump is read again from its start.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    /// <exception cref="NetlinkDumpInterruptedException">It was interrupted each time.</exception>
    public IReadOnlyList<T> Dump<T>(NetlinkRequest request, DumpReader<T> read)
        where T : class
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            List<T> found = [];
            try
            {
                if (DumpOnce(request, read, found))
                {
                    return found;
                }
            }
            catch (NetlinkOverrunException) when (attempt < MaxAttempts - 1)
            {
                // What came until then is forgotten; the rest of it was drained.
            }
        }

        throw new NetlinkDumpInterruptedException(request.Operation, MaxAttempts);
    }

    /// <summary>
    /// Reads a dump message by message, as far as <paramref name="wantsMore"/> says. What is left unread then makes the
    /// connection useless for anything else: dispose of it. A dump of what does not exist is empty.
    /// </summary>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    public void DumpWhile(NetlinkRequest request, MessagePredicate wantsMore)
    {
        NetlinkRequest[] requests = [request with { Flags = request.Flags | MessageFlags.Dump }];
        using Datagram datagram = Datagram.Write(requests, TakeSequences(1));
        _transport.Send(datagram.Bytes);
        while (true)
        {
            int length = _transport.Receive(_receive, wait: true);
            foreach (NetlinkMessage message in new MessageReader(_receive.AsSpan(0, length)))
            {
                if (datagram.IndexOf(message.Header.Sequence) < 0)
                {
                    continue;
                }

                if (message.Header.Type is MessageHeader.TypeError or MessageHeader.TypeDone)
                {
                    ErrorMessage error = ErrorMessage.Read(message);
                    if (error.Errno is Errno.None or Errno.NoEntry or Errno.Interrupted)
                    {
                        return;
                    }

                    throw new NetlinkErrorException(datagram.ToError(0, error));
                }

                if (message.Header.Type >= MessageHeader.FirstProtocolType && !wantsMore(message))
                {
                    return;
                }
            }
        }
    }

    private bool DumpOnce<T>(NetlinkRequest request, DumpReader<T> read, List<T> found)
        where T : class
    {
        NetlinkRequest[] requests = [request with { Flags = request.Flags | MessageFlags.Dump }];
        using Datagram datagram = Datagram.Write(requests, TakeSequences(1));
        _transport.Send(datagram.Bytes);
        bool ended = false;
        try
        {
            bool consistent = true;
            while (true)
            {
                int length = _transport.Receive(_receive, wait: true);
                foreach (NetlinkMessage message in new MessageReader(_receive.AsSpan(0, length)))
                {
                    if (datagram.IndexOf(message.Header.Sequence) < 0)
                    {
                        continue;
                    }

                    consistent &= !message.Header.Flags.HasFlag(MessageFlags.DumpInterrupted);
                    if (message.Header.Type is MessageHeader.TypeError or MessageHeader.TypeDone)
                    {
                        ended = true;
                        // Errors come inside NLMSG_DONE too: EINTR there is an interruption that was noticed late.
                        ErrorMessage error = ErrorMessage.Read(message);
                        return error.Errno switch
                        {
                            Errno.None => consistent,
                            Errno.Interrupted => false,
                            _ => throw new NetlinkErrorException(datagram.ToError(0, error)),
                        };
                    }

                    if (message.Header.Type >= MessageHeader.FirstProtocolType && read(message) is T item)
                    {
                        found.Add(item);
                    }
                }
            }
        }
        finally
        {
            // While a dump is under way the kernel refuses the socket another (EBUSY, __netlink_dump_start()), and it
            // goes on only as it is read.
            if (!ended)
            {
                Drain();
            }
        }
    }
}
