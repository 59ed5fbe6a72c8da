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
public sealed partial class NetlinkConnection : IDisposable
{
    /// <summary>
    /// Requests in one send whose answers wait in the socket together. Beyond about 256 a default buffer overflows.
    /// </summary>
    public const int MaxOutstanding = 128;

    /// <summary>Times that an interrupted or overrun question is asked in all.</summary>
    public const int MaxAttempts = 16;

    // netlink_dump() fills at most 32 KiB at a time; single answers are smaller than a page or two.
    private const int ReceiveSize = 32 * 1024;

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
    public KernelError?[] Exchange(ReadOnlySpan<NetlinkRequest> requests, AnswerHandler onAnswer)
    {
        KernelError?[] errors = new KernelError?[requests.Length];
        bool[] answered = new bool[requests.Length];
        int chunk = MaxOutstanding;
        int attempts = 0;
        List<int> pending = [];
        while (true)
        {
            pending.Clear();
            for (int i = 0; i < requests.Length && pending.Count < chunk; i++)
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

    private void ExchangeOnce(
        ReadOnlySpan<NetlinkRequest> requests,
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
        KernelError? refusal = null;
        while (open > 0)
        {
            // Without privilege nfnetlink_rcv() (net/netfilter/nfnetlink.c) answers the first message, and drops the rest.
            int length = _transport.Receive(_receive, wait: refusal is null);
            if (length == 0)
            {
                RefuseRest(requests, pending, answered, errors, refusal!);
                return;
            }

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
                    errors[request] = error.Errno switch
                    {
                        Errno.None => null,
                        // What is not there is an answer, and which attribute named it is nobody's question.
                        Errno.NoEntry when !sent[index].Flags.HasFlag(MessageFlags.Ack) =>
                            new KernelError(sent[index].Operation, error.Errno, error.Text, null),
                        _ => datagram.ToError(index, error),
                    };
                    refusal = index == 0 && error.Errno == Errno.NotPermitted ? errors[request] : refusal;
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

    private static void RefuseRest(
        ReadOnlySpan<NetlinkRequest> requests, List<int> pending, bool[] answered, KernelError?[] errors, KernelError refusal)
    {
        foreach (int request in pending)
        {
            if (!answered[request])
            {
                answered[request] = true;
                errors[request] = refusal with { Operation = requests[request].Operation };
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
