namespace Berth.Fuzz;

/// <summary>
/// Changes each byte of an input in a few ways, one after the other: what hangs on one field of many is hit for sure, which chance
/// does seldom. The shortest inputs have their turn first.
/// </summary>
internal sealed class ByteSweep
{
    private static readonly Func<byte, byte>[] Ways = [static b => (byte)(b ^ 0xff), static b => (byte)(b ^ 0x01), static _ => 0];

    private readonly PriorityQueue<byte[], int> _waiting = new();
    private byte[] _input = [];
    private int _at;

    /// <summary>An input to have its turn.</summary>
    internal void Add(byte[] input) => _waiting.Enqueue(input, input.Length);

    /// <summary>The next changed input; null when there is none for now.</summary>
    internal byte[]? Next()
    {
        if (_at >= _input.Length * Ways.Length)
        {
            if (!_waiting.TryDequeue(out byte[]? input, out _) || input.Length == 0)
            {
                return null;
            }

            (_input, _at) = (input, 0);
        }

        byte[] changed = [.. _input];
        int place = _at / Ways.Length;
        changed[place] = Ways[_at++ % Ways.Length](changed[place]);
        return changed;
    }
}
