namespace Berth.Netlink;

/// <summary>
/// A transport without a kernel: it keeps what is sent, and answers from a script. For tests of programs that use this
/// library, its own included.
/// </summary>
public sealed class RecordingTransport : INetlinkTransport
{
    private readonly Queue<byte[]> _answers = new();
    private readonly Func<byte[], IEnumerable<byte[]>> _kernel;

    /// <summary>Answers every datagram that is sent with the datagrams that <paramref name="kernel"/> gives for it.</summary>
    public RecordingTransport(Func<byte[], IEnumerable<byte[]>> kernel) => _kernel = kernel;

    /// <summary>All datagrams sent, in order.</summary>
    public IList<byte[]> Sent { get; } = [];

    /// <summary>Set to lose the next answer, as a full socket buffer does: Receive then throws once.</summary>
    public bool OverrunOnce { get; set; }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        byte[] copy = datagram.ToArray();
        Sent.Add(copy);
        foreach (byte[] answer in _kernel(copy))
        {
            _answers.Enqueue(answer);
        }
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> buffer, bool wait)
    {
        if (OverrunOnce)
        {
            OverrunOnce = false;
            _answers.Clear();
            throw new NetlinkOverrunException("receive from the recorded kernel");
        }

        while (_answers.TryDequeue(out byte[]? answer))
        {
            if (answer.Length > buffer.Length)
            {
                throw new NetlinkFormatException(
                    $"a datagram of {answer.Length} bytes, longer than the {buffer.Length} asked for");
            }

            // As a socket does: 0 is kept for "nothing is there", which an empty datagram must not be taken for.
            if (answer.Length > 0)
            {
                answer.CopyTo(buffer);
                return answer.Length;
            }
        }

        return wait
            ? throw new NetlinkErrorException(new KernelError("wait for the recorded kernel", Errno.Again, null, null))
            : 0;
    }

    /// <inheritdoc/>
    public void Reserve(int send, int receive)
    {
        // Nothing is limited here.
    }

    /// <inheritdoc/>
    public void Dispose() => _answers.Clear();
}
