namespace Berth.HostPorts.Configuration;

/// <summary>Consecutive ports.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, not before the first.</param>
internal readonly record struct PortBlock(ushort First, ushort Last)
{
    internal int Count => Last - First + 1;

    internal bool IsOne => First == Last;

    internal static PortBlock One(ushort port) => new(port, port);

    internal bool Contains(ushort port) => port >= First && port <= Last;

    internal bool Overlaps(PortBlock other) => First <= other.Last && other.First <= Last;

    /// <summary>Whether one begins right after the other ends.</summary>
    internal bool Touches(PortBlock other) => Last + 1 == other.First || other.Last + 1 == First;

    /// <summary>The smallest block with all of both, which overlap or touch.</summary>
    internal PortBlock Join(PortBlock other) => new(Math.Min(First, other.First), Math.Max(Last, other.Last));

    /// <summary>What both have; null when that is nothing.</summary>
    internal PortBlock? Meet(PortBlock other) => Overlaps(other)
        ? new(Math.Max(First, other.First), Math.Min(Last, other.Last))
        : null;

    /// <summary>What is left without <paramref name="other"/>: nothing, one block or two.</summary>
    internal IEnumerable<PortBlock> Without(PortBlock other)
    {
        if (!Overlaps(other))
        {
            yield return this;
            yield break;
        }

        if (First < other.First)
        {
            yield return new(First, (ushort)(other.First - 1));
        }

        if (other.Last < Last)
        {
            yield return new((ushort)(other.Last + 1), Last);
        }
    }

    /// <summary>What is left without any of them, in order.</summary>
    internal List<PortBlock> WithoutAll(IEnumerable<PortBlock> others)
    {
        List<PortBlock> left = [this];
        foreach (PortBlock other in others)
        {
            List<PortBlock> less = [];
            foreach (PortBlock block in left)
            {
                less.AddRange(block.Without(other));
            }

            left = less;
        }

        return left;
    }

    /// <summary>These blocks with overlapping and touching ones joined, in order.</summary>
    internal static List<PortBlock> Joined(List<PortBlock> blocks)
    {
        blocks.Sort(static (left, right) => left.First.CompareTo(right.First));
        List<PortBlock> joined = [];
        foreach (PortBlock block in blocks)
        {
            if (joined is [.., PortBlock last] && (last.Overlaps(block) || last.Touches(block)))
            {
                joined[^1] = last.Join(block);
            }
            else
            {
                joined.Add(block);
            }
        }

        return joined;
    }

    public override string ToString() => IsOne ? $"{First}" : $"{First}-{Last}";
}
