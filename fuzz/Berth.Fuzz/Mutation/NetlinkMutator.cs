namespace Berth.Fuzz;

/// <summary>Changes messages and attributes as a whole, and now and then bytes under them, lengths included.</summary>
internal sealed class NetlinkMutator : IMutator
{
    private const int NestedFlag = 0x8000;

    private static readonly int[] Sizes = [0, 1, 2, 4, 8, 16];

    private readonly ByteMutator _bytes = new();

    public byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (random.Next(4) == 0 || NetlinkTree.Parse(input) is not NetlinkTree tree)
        {
            return _bytes.Mutate(input, other, random);
        }

        NetlinkTree? others = NetlinkTree.Parse(other);
        for (int i = 1 << random.Next(3); i > 0; i--)
        {
            Change(tree, others, random);
        }

        byte[] bytes = tree.ToBytes();
        return random.Next(4) == 0 ? _bytes.Mutate(bytes, other, random) : bytes;
    }

    private void Change(NetlinkTree tree, NetlinkTree? others, Random random)
    {
        List<(List<NetlinkTree.Attribute> Among, int Index)> places = tree.Places();
        if (places.Count == 0 || random.Next(8) == 0)
        {
            ChangeMessage(tree, others, random);
            return;
        }

        (List<NetlinkTree.Attribute> among, int index) = places[random.Next(places.Count)];
        NetlinkTree.Attribute attribute = among[index];
        switch (random.Next(12))
        {
            case 0:
                among.RemoveAt(index);
                break;
            case 1:
                among.Insert(random.Next(among.Count + 1), attribute.Copy());
                break;
            case 2:
                attribute.Type = random.Next(2) == 0 ? attribute.Type ^ NestedFlag : random.Next(40);
                break;
            case 3 when others?.Places() is { Count: > 0 } theirs:
                (List<NetlinkTree.Attribute> from, int which) = theirs[random.Next(theirs.Count)];
                among[index] = from[which].Copy();
                break;
            case 4:
                attribute.Nested = null;
                attribute.Value = Noise(random);
                break;
            case 5 when attribute.Nested is null:
                // Attributes in attributes where none are due.
                attribute.Nested = [attribute.Copy()];
                break;
            case 6 when random.Next(50) == 0:
                for (int depth = random.Next(2000); depth > 0; depth--)
                {
                    attribute = new NetlinkTree.Attribute(attribute.Type, []) { Nested = [attribute] };
                }

                among[index] = attribute;
                break;
            case 7:
                among.Insert(random.Next(among.Count + 1), new NetlinkTree.Attribute(random.Next(40), Noise(random)));
                break;
            case 8 or 9 or 10 when attribute.Nested is null:
                attribute.Value = ByteMutator.Tweak(attribute.Value, random);
                break;
            case 8 or 9 or 10:
                break;
            default:
                if (attribute.Nested is null)
                {
                    attribute.Value = _bytes.Mutate(attribute.Value, [], random);
                }
                else
                {
                    (attribute.Nested, attribute.Value) = (null, []);
                }

                break;
        }
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(3) == 0 ? random.Next(300) : Sizes[random.Next(Sizes.Length)]];
        random.NextBytes(noise);
        return noise;
    }

    private void ChangeMessage(NetlinkTree tree, NetlinkTree? others, Random random)
    {
        NetlinkTree.Message message = tree.Messages[random.Next(tree.Messages.Count)];
        switch (random.Next(5))
        {
            case 0 when tree.Messages.Count > 1:
                tree.Messages.Remove(message);
                break;
            case 1:
                tree.Messages.Insert(random.Next(tree.Messages.Count + 1), message);
                break;
            case 2 when others is not null:
                tree.Messages.Add(others.Messages[random.Next(others.Messages.Count)]);
                break;
            case 3:
                message.Structure = _bytes.Mutate(message.Structure, [], random);
                break;
            default:
                // Type and flags: an error, the end of a dump, one of a dump that was interrupted.
                message.Header[4] = (byte)random.Next(0x18);
                message.Header[6 + random.Next(2)] ^= (byte)(1 << random.Next(8));
                break;
        }
    }
}
