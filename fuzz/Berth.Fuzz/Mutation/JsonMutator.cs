using System.Text;

namespace Berth.Fuzz;

/// <summary>Changes keys and values, and now and then bytes.</summary>
internal sealed class JsonMutator : IMutator
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "80", "65535", "65536", "2147483647", "2147483648", "-2147483649",
        "9223372036854775807", "18446744073709551616", "1e3", "1E+2", "0.5", "1e999", "-1e-999", "\"\"", "\" \"", "\"0\"", "\"x\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u001b[31m\"", "\"\\u202e\"", "\"\\\"\"", "\"\\n\"", "\"10.0.0.1\"",
        "\"10.0.0.1/24\"", "\"::ffff:10.0.0.1\"", "\"fe80::1%eth0\"", "\"fd00::1/64\"", "\"::\"", "\"0.0.0.0\"", "\"!\"", "\"-j\"",
        "[]", "{}", "[[]]", "[null]", "{\"\":null}",
    ];

    private readonly ByteMutator _bytes = new();
    private readonly byte[][] _values;
    private readonly byte[][] _keys;

    internal JsonMutator(IReadOnlyList<string> words)
    {
        _keys = [.. words.Select(static word => Encoding.UTF8.GetBytes($"\"{word}\""))];
        _values = [.. Values.Select(Encoding.UTF8.GetBytes), .. _keys];
    }

    public byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (random.Next(10) == 0 || JsonTree.Parse(input) is not { Kind: not '\0' } tree)
        {
            return _bytes.Mutate(input, other, random);
        }

        JsonTree? others = JsonTree.Parse(other);
        for (int i = 1 << random.Next(3); i > 0; i--)
        {
            Change(tree, others, random);
        }

        return tree.ToBytes();
    }

    private void Change(JsonTree tree, JsonTree? others, Random random)
    {
        List<(JsonTree Parent, int Index)> places = tree.Places();
        if (places.Count == 0)
        {
            Add(tree, Any(others, random), random);
            return;
        }

        (JsonTree parent, int index) = places[random.Next(places.Count)];
        switch (random.Next(11))
        {
            case 0:
                parent.Items.RemoveAt(index);
                if (parent.Kind == '{')
                {
                    parent.Keys.RemoveAt(index);
                }

                break;
            case 1:
                Add(parent, parent.Items[index].Copy(), random, parent.Kind == '{' ? parent.Keys[index] : null);
                break;
            case 2 when parent.Kind == '{' && _keys.Length > 0:
                parent.Keys[index] = _keys[random.Next(_keys.Length)];
                break;
            case 3 when parent.Kind == '{':
                parent.Keys[index] = OtherCase(parent.Keys[index], random);
                break;
            case 4:
                (JsonTree from, int which) = places[random.Next(places.Count)];
                parent.Items[index] = from.Items[which].Copy();
                break;
            case 5 when random.Next(20) == 0:
                for (int depth = 1 << random.Next(10); depth > 0; depth--)
                {
                    parent.Items[index] = new JsonTree { Kind = '[', Items = [parent.Items[index]] };
                }

                break;
            case 6 when parent.Items[index] is { Kind: '\0' } scalar:
                parent.Items[index] = JsonTree.Of(ChangeScalar(scalar.Scalar, random));
                break;
            case 7:
                Add(parent, Any(others, random), random);
                break;
            case 8 or 9 when parent.Kind == '{' && SameKey(others, parent.Keys[index], random) is JsonTree value:
                parent.Items[index] = value;
                break;
            default:
                parent.Items[index] = Any(others, random);
                break;
        }
    }

    // What another input has under the same key is of the right kind.
    private static JsonTree? SameKey(JsonTree? others, byte[] key, Random random)
    {
        List<JsonTree> values = [.. (others?.Places() ?? [])
            .Where(place => place.Parent.Kind == '{' && place.Parent.Keys[place.Index].AsSpan().SequenceEqual(key))
            .Select(static place => place.Parent.Items[place.Index])];
        return values.Count == 0 ? null : values[random.Next(values.Count)].Copy();
    }

    private JsonTree Any(JsonTree? others, Random random) =>
        random.Next(4) == 0 && others?.Places() is { Count: > 0 } theirs && theirs[random.Next(theirs.Count)] is var place
            ? place.Parent.Items[place.Index].Copy()
            : JsonTree.Of(_values[random.Next(_values.Length)]);

    private void Add(JsonTree parent, JsonTree value, Random random, byte[]? key = null)
    {
        if (parent.Kind == 0)
        {
            return;
        }

        if (parent.Kind == '{')
        {
            parent.Keys.Add(key ?? (_keys.Length > 0 ? _keys[random.Next(_keys.Length)] : "\"x\""u8.ToArray()));
        }

        parent.Items.Add(value);
    }

    // Within the quotes, if there are any.
    private byte[] ChangeScalar(byte[] scalar, Random random)
    {
        if (scalar is not [(byte)'"', .. var text, (byte)'"'])
        {
            return _values[random.Next(_values.Length)];
        }

        byte[] changed = [.. _bytes.Mutate(text, [], random).Where(static b => b is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\')];
        return [(byte)'"', .. changed, (byte)'"'];
    }

    private static byte[] OtherCase(byte[] key, Random random) =>
        [.. key.Select(b => char.IsAsciiLetter((char)b) && random.Next(3) == 0 ? (byte)(b ^ 0x20) : b)];
}
