using Berth.Manifests;

namespace Berth.Lab;

/// <summary>What reading has found so far, and what all parts of the file have in common: no key may be there that means
/// nothing, and the error of one part does not hide those of the others.</summary>
internal sealed class LabFields
{
    private readonly List<Diagnostic> _diagnostics = [];

    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    public bool HasErrors => _diagnostics.Exists(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    public List<Diagnostic> Sink => _diagnostics;

    public void Error(Location at, string message) =>
        _diagnostics.Add(new Diagnostic(DiagnosticSeverity.Error, at, message));

    /// <summary>Complains of every key but these.</summary>
    public void Only(FieldReader fields, params ReadOnlySpan<string> keys)
    {
        foreach (MapEntry entry in fields.Node.Entries)
        {
            if (!keys.Contains(entry.Key))
            {
                Error(entry.KeyAt, $"{fields.PathOf(entry.Key)}: there is no such key; write one of {string.Join(", ", keys!)}");
            }
        }
    }

    /// <summary>Complains of a key that means nothing where it stands.</summary>
    public void Useless(FieldReader fields, string key, string where)
    {
        if (fields.Node.Find(key) is MapEntry entry)
        {
            Error(entry.KeyAt, $"{fields.PathOf(key)}: means nothing {where}: remove it");
        }
    }

    /// <summary>Reads a part; what is wrong in it becomes a diagnostic.</summary>
    public T? Part<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ManifestFormatException e)
        {
            Error(e.At, e.Message);
            return null;
        }
    }

    /// <summary>One of a few words.</summary>
    public static T Word<T>(FieldReader fields, string key, T fallback, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (fields.Text(key) is not Located<string> given)
        {
            return fallback;
        }

        List<string> allowed = [];
        foreach ((string word, T value) in words)
        {
            if (word == given.Value)
            {
                return value;
            }

            allowed.Add(word);
        }

        throw new ManifestFormatException(
            given.At, $"{fields.PathOf(key)}: \"{given.Value}\", but must be one of {string.Join(", ", allowed)}");
    }

    /// <summary>A text, or a list of texts.</summary>
    public static IReadOnlyList<string> TextOrTexts(FieldReader fields, string key) =>
        fields.Node.Find(key)?.Value is ListNode
            ? [.. fields.Texts(key).Select(static text => text.Value)]
            : fields.Text(key) is Located<string> one ? [one.Value] : [];

    /// <summary>The items of a list that are maps; one that is none is an error, and the others are read all the same.</summary>
    public IEnumerable<FieldReader> Maps(FieldReader fields, string key)
    {
        FieldPath list = fields.PathOf(key);
        int index = 0;
        foreach (ManifestNode item in Part(() => fields.Items(key)) ?? [])
        {
            FieldPath at = new(list, null, index++);
            if (item is MapNode map)
            {
                yield return new FieldReader(map, at);
            }
            else
            {
                Error(item.At, $"{at}: {item.Describe()}, but must be a map");
            }
        }
    }

    public static Located<string> Required(FieldReader fields, string key) =>
        fields.Text(key) is { Value.Length: > 0 } text
            ? text
            : throw new ManifestFormatException(fields.At, $"{fields.PathOf(key)} is missing");

    public static int Number(FieldReader fields, string key, int fallback, int least, int most) =>
        fields.Int32(key) is not Located<int> given ? fallback
        : given.Value >= least && given.Value <= most ? given.Value
        : throw new ManifestFormatException(
            given.At, $"{fields.PathOf(key)}: {given.Value}, but must be between {least} and {most}");
}
