namespace Berth.Manifests;

/// <summary>
/// The fields of one map, with the types that the API gives them. A value of another type is an error here as it is one
/// there: the API server would refuse the whole object. Null is the same as nothing.
/// </summary>
internal sealed class FieldReader(MapNode map, FieldPath? path)
{
    /// <summary>No labels.</summary>
    public static readonly IReadOnlyDictionary<string, Located<string>> NoText = new Dictionary<string, Located<string>>();

    public Location At => map.At;

    /// <summary>The map itself, for who reads it by other rules.</summary>
    public MapNode Node => map;

    /// <summary>Where a field is, as errors name it.</summary>
    public FieldPath PathOf(string name) => new(path, name);

    public bool Has(string name) => Find(name) is not null;

    public FieldReader? Map(string name) =>
        Find(name) is ManifestNode node ? new FieldReader(Cast<MapNode>(node, name, "a map"), new FieldPath(path, name)) : null;

    public IEnumerable<FieldReader> Maps(string name)
    {
        FieldPath list = new(path, name);
        int index = 0;
        foreach (ManifestNode item in Items(name))
        {
            FieldPath at = new(list, null, index++);
            yield return item is MapNode found ? new FieldReader(found, at) : throw Wrong(item, at, "a map");
        }
    }

    public IReadOnlyList<Located<string>> Texts(string name)
    {
        FieldPath list = new(path, name);
        int index = 0;
        List<Located<string>> texts = [];
        foreach (ManifestNode item in Items(name))
        {
            texts.Add(Text(item, new FieldPath(list, null, index++)));
        }

        return texts;
    }

    public IReadOnlyDictionary<string, Located<string>> TextMap(string name)
    {
        if (Find(name) is not ManifestNode node)
        {
            return NoText;
        }

        FieldPath at = new(path, name);
        Dictionary<string, Located<string>> texts = new(StringComparer.Ordinal);
        foreach (MapEntry entry in Cast<MapNode>(node, name, "a map").Entries)
        {
            texts[entry.Key] = Text(entry.Value, new FieldPath(at, entry.Key));
        }

        return texts;
    }

    public Located<string>? Text(string name) =>
        Find(name) is ManifestNode node ? Text(node, new FieldPath(path, name)) : null;

    public Located<bool>? Boolean(string name)
    {
        if (Find(name) is not ManifestNode node)
        {
            return null;
        }

        return node is ScalarNode { Value: { Kind: ScalarKind.Boolean } value }
            ? new(value.Boolean, node.At)
            : throw Wrong(node, new FieldPath(path, name), "true or false");
    }

    public Located<int>? Int32(string name)
    {
        if (Find(name) is not ManifestNode node)
        {
            return null;
        }

        return node is ScalarNode { Value: { IsWhole: true, Integer: >= int.MinValue and <= int.MaxValue } value }
            ? new((int)value.Integer, node.At)
            : throw Wrong(node, new FieldPath(path, name), "an integer");
    }

    /// <summary>A number or a text (<c>IntOrString</c>), as text.</summary>
    public Located<string>? NumberOrText(string name)
    {
        if (Find(name) is not ManifestNode node)
        {
            return null;
        }

        return node is ScalarNode { Value.Kind: ScalarKind.Text } text ? new(text.Text, node.At)
            : node is ScalarNode { Value: { IsWhole: true } value } ? new(value.Integer.ToString(), node.At)
            : throw Wrong(node, new FieldPath(path, name), "an integer or a string");
    }

    public Located<CountOrPercent>? CountOrPercent(string name)
    {
        if (NumberOrText(name) is not Located<string> text)
        {
            return null;
        }

        bool percent = text.Value.EndsWith('%');
        return int.TryParse(percent ? text.Value[..^1] : text.Value, out int number)
            && (percent || Find(name) is ScalarNode { Value.IsWhole: true })
            ? new(new CountOrPercent(number, percent), text.At)
            : throw new ManifestFormatException(
                text.At, $"{new FieldPath(path, name)}: \"{text.Value}\" is neither an integer nor a percentage such as \"25%\"");
    }

    /// <summary>The items of a list, for who knows what they are.</summary>
    public IReadOnlyList<ManifestNode> Items(string name) =>
        Find(name) is ManifestNode node ? Cast<ListNode>(node, name, "a list").Items : [];

    private ManifestNode? Find(string name) =>
        map.Find(name)?.Value is ManifestNode node && node is not ScalarNode { Value.Kind: ScalarKind.Null } ? node : null;

    private T Cast<T>(ManifestNode node, string name, string wanted)
        where T : ManifestNode =>
        node as T ?? throw Wrong(node, new FieldPath(path, name), wanted);

    private static Located<string> Text(ManifestNode node, FieldPath at) => node switch
    {
        ScalarNode { Value.Kind: ScalarKind.Text } text => new(text.Text, node.At),
        ScalarNode { Value.Kind: ScalarKind.Null } => new("", node.At),
        _ => throw Wrong(node, at, "a string"),
    };

    private static ManifestFormatException Wrong(ManifestNode node, FieldPath at, string wanted)
    {
        string remedy = node is not ScalarNode scalar ? ""
            : wanted == "a string" ? ": quote it"
            : scalar.Style == ScalarStyle.Text && wanted != "a map" && wanted != "a list" ? ": remove the quotes if it is one"
            : "";
        return new ManifestFormatException(node.At, $"{at}: {node.Describe()}, but must be {wanted}{remedy}");
    }
}
