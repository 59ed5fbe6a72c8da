using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>What the kernel said to one question of a <see cref="Query"/>.</summary>
public sealed class Answer<T> : IAnswer
    where T : class
{
    private readonly DumpReader<T> _read;

    internal Answer(DumpReader<T> read) => _read = read;

    /// <summary>The value; null when there is no such thing, or it was not asked yet.</summary>
    public T? Value { get; private set; }

    void IAnswer.Read(NetlinkMessage message) => Value = _read(message);
}

/// <summary>An answer of any type.</summary>
internal interface IAnswer
{
    void Read(NetlinkMessage message);
}
