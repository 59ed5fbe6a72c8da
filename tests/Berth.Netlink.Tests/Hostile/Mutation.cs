namespace Berth.Netlink.Tests.Hostile;

/// <summary>Bytes that no kernel should send: random ones, and golden ones with a few things wrong.</summary>
internal sealed class Mutation(int seed)
{
    private readonly Random _random = new(seed);

    internal byte[] Next()
    {
        if (_random.Next(4) == 0)
        {
            byte[] noise = new byte[_random.Next(200)];
            _random.NextBytes(noise);
            return noise;
        }

        byte[] bytes = [.. Golden.All[_random.Next(Golden.All.Length)]];
        for (int i = _random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            bytes = Change(bytes);
        }

        return bytes;
    }

    /// <summary>The same, but with the sequence number that a connection waits for in most messages.</summary>
    internal byte[] NextFor(uint sequence) => _random.Next(8) == 0 ? Next() : Answers.Renumbered(Next(), sequence);

    internal int Below(int limit) => _random.Next(limit);

    private byte[] Change(byte[] bytes)
    {
        int at = _random.Next(bytes.Length);
        switch (_random.Next(6))
        {
            case 0:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 1:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[_random.Next(at, bytes.Length)..]];
            case 4:
                return [.. bytes, .. bytes[at..]];
            default:
                // Lengths live at aligned places, and extremes of them do the most.
                at &= ~3;
                ushort[] extremes = [0, 1, 3, 4, 5, 0x7fff, 0x8000, 0xffff];
                if (at + 2 <= bytes.Length)
                {
                    BitConverter.TryWriteBytes(bytes.AsSpan(at), extremes[_random.Next(extremes.Length)]);
                }

                return bytes;
        }
    }
}
