namespace Berth.Netlink;

/// <summary>Takes the messages of an answer; <paramref name="index"/> is the request's place among those asked together.</summary>
public delegate void AnswerHandler(int index, NetlinkMessage message);

/// <summary>Says yes or no to a message.</summary>
public delegate bool MessagePredicate(NetlinkMessage message);

/// <summary>Reads one message of a dump; null leaves it out.</summary>
public delegate T? DumpReader<T>(NetlinkMessage message)
    where T : class;

/// <summary>
/// Questions and answers over a transport: single ones, many in one send, dumps, and batches.
/// Answers are matched by sequence number; what belongs to nobody is passed over.
/// </summary>
public sealed class NetlinkConnection : IDisposable
{
    /// <summary>
    /// Requests in one send whose answers wait in the socket together. Beyond about 256 a default buffer overflows.
    /// </summary>
    public const int MaxOutstanding = 128;

    /// <summary>Times that an interrupted or overrun question is asked in all.</summary>
    public const int MaxAttempts = 16;

    // netlink_dump() fills at most 32 KiB at a time; single answers are smaller than a page or two.
    private const int ReceiveSize = 64 * 1024;

    // What an error or acknowledgement costs in the socket's accounting (skb truesize), rounded up.
    private const int AnswerCost = 1024;

    private readonly INetlinkTransport _transport;
    private readonly byte[] _receive = GC.AllocateUninitializedArray<byte>(ReceiveSize);
    private uint _sequence = 1;

    /// <summary>Over <paramref name="transport"/>, which it owns from now on.</summary>
    public NetlinkConnection(INetlinkTransport transport) => _transport = transport;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel lacks the protocol, or refuses.</exception>
    public static NetlinkConnection Open(NetlinkProtocol protocol) => new(NetlinkSocket.Open(protocol));

    /// <summary>See <see cref="INetlinkTransport.ClosesInBackground"/>.</summary>
    public bool ClosesInBackground
    {
        get => _transport.ClosesInBackground;
        set => _transport.ClosesInBackground = value;
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <summary>Asks for one thing.</summary>
    /// <returns>What <paramref name="read"/> made of the answer, or null when the kernel said ENOENT, or ESRCH.</returns>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    public T? Get<T>(NetlinkRequest request, DumpReader<T> read)
        where T : class
    {
        T? found = null;
        KernelError? error = Exchange([request], (_, message) => found = read(message))[0];
        return error switch
        {
            null => found,
            { Errno: Errno.NoEntry or Errno.NoProcess } => null,
            _ => throw new NetlinkErrorException(error),
        };
    }

    /// <summary>Changes one thing.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    public void Execute(NetlinkRequest request)
    {
        KernelError? error = Exchange([request with { Flags = request.Flags | MessageFlags.Ack }], static (_, _) => { })[0];
        if (error is not null)
        {
            throw new NetlinkErrorException(error);
        }
    }

    /// <summary>
    /// Sends requests together, at most <see cref="MaxOutstanding"/> in a send, and collects one answer, acknowledgement
    /// or error for each. Questions only: when an answer is lost, those without one are asked again.
    /// </summary>
    /// <returns>The error of each request, or null.</returns>
    /// <exception cref="NetlinkOverrunException">Answers were lost again and again.</exception>
    public IReadOnlyList<KernelError?> Exchange(IReadOnlyList<NetlinkRequest> requests, AnswerHandler onAnswer)
    {
        KernelError?[] errors = new KernelError?[requests.Count];
        bool[] answered = new bool[requests.Count];
        int chunk = MaxOutstanding;
        int attempts = 0;
        List<int> pending = [];
        while (true)
        {
            pending.Clear();
            for (int i = 0; i < requests.Count && pending.Count < chunk; i++)
            {
                if (!answered[i])
                {
                    pending.Add(i);
                }
            }

            if (pending.Count == 0)
            {
                return errors;
            }

            try
            {
                ExchangeOnce(requests, pending, answered, errors, onAnswer);
            }
            catch (NetlinkOverrunException) when (++attempts < MaxAttempts)
            {
                Drain();
                chunk = Math.Max(1, chunk / 2);
            }
        }
    }

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

    /// <summary>
    /// Sends all requests in one datagram, which the protocol treats as one change: all or nothing.
    /// </summary>
    /// <returns>What the kernel refused; empty when it did it all.</returns>
    /// <exception cref="NetlinkOverrunException">The answer was lost: the change may have been made, or not.</exception>
    public IReadOnlyList<KernelError> Batch(IReadOnlyList<NetlinkRequest> requests, int acknowledged)
    {
        uint first = TakeSequences(requests.Count);
        using Datagram datagram = Datagram.Write(
            requests, first, i => i == acknowledged ? MessageFlags.Ack : MessageFlags.None);
        _transport.Reserve(datagram.Bytes.Length + AnswerCost, checked(requests.Count * AnswerCost));
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

    private void ExchangeOnce(
        IReadOnlyList<NetlinkRequest> requests,
        List<int> pending,
        bool[] answered,
        KernelError?[] errors,
        AnswerHandler onAnswer)
    {
        NetlinkRequest[] sent = new NetlinkRequest[pending.Count];
        for (int i = 0; i < sent.Length; i++)
        {
            sent[i] = requests[pending[i]];
        }

        using Datagram datagram = Datagram.Write(sent, TakeSequences(sent.Length));
        _transport.Send(datagram.Bytes);
        int open = sent.Length;
        while (open > 0)
        {
            int length = _transport.Receive(_receive, wait: true);
            foreach (NetlinkMessage message in new MessageReader(_receive.AsSpan(0, length)))
            {
                int index = datagram.IndexOf(message.Header.Sequence);
                if (index < 0 || answered[pending[index]])
                {
                    continue;
                }

                int request = pending[index];
                bool done = !sent[index].Flags.HasFlag(MessageFlags.Ack);
                if (message.Header.Type == MessageHeader.TypeError)
                {
                    ErrorMessage error = ErrorMessage.Read(message);
                    errors[request] = error.Errno == Errno.None ? null : datagram.ToError(index, error);
                    done = true;
                }
                else if (message.Header.Type >= MessageHeader.FirstProtocolType)
                {
                    onAnswer(request, message);
                }

                if (done)
                {
                    answered[request] = true;
                    open--;
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

    private uint TakeSequences(int count)
    {
        uint first = _sequence;
        _sequence = unchecked(_sequence + (uint)count);
        return first;
    }

    // After a loss the rest of the old answers would be mistaken for nobody's; they are read away.
    private void Drain()
    {
        while (true)
        {
            try
            {
                if (_transport.Receive(_receive, wait: false) == 0)
                {
                    return;
                }
            }
            catch (NetlinkOverrunException)
            {
                // Reported once per loss; keep draining.
            }
            catch (NetlinkFormatException)
            {
                // A datagram too long for the buffer is gone as well.
            }
        }
    }
}
