using FsCheck;
using FsCheck.Fluent;

namespace Berth.Netlink.Tests.Wire;

/// <summary>An attribute as a value: what the writer writes and the reader should give back.</summary>
internal sealed record Node(int Type, byte[] Value, Node[]? Children)
{
    /// <summary>Trees up to a few levels deep, whose values have all lengths modulo four.</summary>
    internal static Arbitrary<Node[]> Trees => Arb.From(Forest(3), Shrink);

    internal int Size => NetlinkAttribute.HeaderSize
        + (Children is null ? Alignment.Align(Value.Length) : Children.Sum(child => child.Size));

    internal void Write(ref MessageWriter writer)
    {
        if (Children is null)
        {
            writer.PutBytes(Type, Value);
            return;
        }

        int nest = writer.BeginNest(Type);
        foreach (Node child in Children)
        {
            child.Write(ref writer);
        }

        writer.EndNest(nest);
    }

    internal static List<Node> Read(AttributeReader attributes)
    {
        List<Node> nodes = [];
        foreach (NetlinkAttribute attribute in attributes)
        {
            nodes.Add(attribute.IsNested
                ? new Node(attribute.Type, [], [.. Read(attribute.Nested)])
                : new Node(attribute.Type, attribute.Value.ToArray(), null));
        }

        return nodes;
    }

    internal static bool Same(IReadOnlyList<Node> left, IReadOnlyList<Node> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => Same(pair.First, pair.Second));

    private static bool Same(Node left, Node right) =>
        left.Type == right.Type
        && left.Value.AsSpan().SequenceEqual(right.Value)
        && left.Children is null == right.Children is null
        && Same(left.Children ?? [], right.Children ?? []);

    private static Gen<Node[]> Forest(int depth) => Gen.Choose(0, 5).SelectMany(count => Gen.ArrayOf(One(depth), count));

    private static Gen<Node> One(int depth)
    {
        Gen<int> type = Gen.Choose(0, 0x3fff);
        Gen<Node> leaf =
            from t in type
            from length in Gen.Choose(0, 40)
            from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), length)
            select new Node(t, bytes, null);
        return depth == 0
            ? leaf
            : Gen.Frequency((3, leaf), (1, type.SelectMany(t => Forest(depth - 1).Select(c => new Node(t, [], c)))));
    }

    private static IEnumerable<Node[]> Shrink(Node[] nodes)
    {
        for (int i = 0; i < nodes.Length; i++)
        {
            yield return [.. nodes[..i], .. nodes[(i + 1)..]];
        }
    }
}
