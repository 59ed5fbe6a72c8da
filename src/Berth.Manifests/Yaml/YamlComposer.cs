using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Manifests;

/// <summary>Makes nodes of the events of a YAML parser, with the meaning that kubectl gives them: aliases, merge keys in
/// the order in which they stand, and the last of duplicate keys.</summary>
internal sealed class YamlComposer
{
    // No manifest comes near it, and every level is a frame on the stack.
    private const int DeepestNesting = 500;

    private readonly DocumentText _document;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly List<Diagnostic> _diagnostics;
    private readonly Dictionary<string, ManifestNode?> _anchors = new(StringComparer.Ordinal);
    private readonly AliasBudget _budget = new();
    private int _depth;

    private YamlComposer(DocumentText document, string text, List<Diagnostic> diagnostics)
    {
        _document = document;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
        _diagnostics = diagnostics;
    }

    /// <summary>The root of the document, or null when it is empty.</summary>
    /// <exception cref="ManifestFormatException">It is no YAML, or more than can be accepted.</exception>
    public static ManifestNode? Compose(DocumentText document, string text, List<Diagnostic> diagnostics)
    {
        YamlComposer composer = new(document, text, diagnostics);
        try
        {
            return composer.Root(text);
        }
        catch (YamlException e)
        {
            throw composer.Broken(e.Start, e.Message, text);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException)
        {
            // The scanner is not above it: a flow collection that is never closed ends in the first of these.
            throw composer.Broken(composer._scanner.CurrentPosition, "a [ or { before this line is not closed", text);
        }
    }

    private ManifestNode? Root(string text)
    {
        if (YamlErrors.HoldsDirectivesOnly(text))
        {
            return null;
        }

        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        ManifestNode root = Node();
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            throw new ManifestFormatException(
                At(_parser.Current!.Start), "kubectl reads nothing behind `...`: begin another document with a line ---");
        }

        return root is ScalarNode { Value.Kind: ScalarKind.Null } ? null : root;
    }

    private ManifestNode Node()
    {
        if (_depth == DeepestNesting)
        {
            throw new ManifestFormatException(At(_parser.Current!.Start), $"nested more than {DeepestNesting} levels deep");
        }

        _depth++;
        ManifestNode node = Next();
        _depth--;
        return node;
    }

    private ManifestNode Next()
    {
        ParsingEvent next = _parser.Consume<ParsingEvent>();
        switch (next)
        {
            case AnchorAlias alias:
                return Resolve(alias);
            case Scalar scalar:
                _budget.CountNode();
                ScalarNode value = new(At(scalar.Start), scalar.Value, StyleOf(scalar));
                Remember(scalar.Anchor, value);
                return value;
            case SequenceStart start:
                _budget.CountNode();
                Remember(start.Anchor, null);
                ListNode list = List(start);
                Remember(start.Anchor, list);
                return list;
            case MappingStart start:
                _budget.CountNode();
                Remember(start.Anchor, null);
                MapNode map = Map(start);
                Remember(start.Anchor, map);
                return map;
            default:
                throw new ManifestFormatException(At(next.Start), "a value is missing here");
        }
    }

    private ListNode List(SequenceStart start)
    {
        ListNode list = new(At(start.Start));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Node());
        }

        return list;
    }

    private MapNode Map(MappingStart start)
    {
        MapNode map = new(At(start.Start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            bool merges = _parser.Accept<Scalar>(out var scalar)
                && scalar is { Value: "<<", Style: YamlDotNet.Core.ScalarStyle.Plain };
            ManifestNode key = Node();
            ManifestNode value = Node();
            if (merges)
            {
                Merge(map, key.At, value);
            }
            else if (key is ScalarNode name)
            {
                Set(map, new MapEntry(name.AsKey(), key.At, value, Merged: false));
            }
            else
            {
                throw new ManifestFormatException(key.At, $"{key.Describe()} cannot be a key; templates must be rendered first");
            }
        }

        return map;
    }

    private void Set(MapNode map, MapEntry entry)
    {
        if (map.Set(entry) is { Merged: false } former)
        {
            _diagnostics.Add(new Diagnostic(
                DiagnosticSeverity.Warning,
                entry.KeyAt,
                $"`{entry.Key}` is given twice (first in line {former.KeyAt.Line}), and kubectl takes the last: remove one"));
        }
    }

    // What go-yaml v2 does, in its order: a merge key replaces what stands before it, and what stands behind replaces it.
    private static void Merge(MapNode map, Location at, ManifestNode value)
    {
        IReadOnlyList<ManifestNode> sources = value is ListNode list ? list.Items : [value];
        for (int i = sources.Count - 1; i >= 0; i--)
        {
            if (sources[i] is not MapNode source)
            {
                throw new ManifestFormatException(at, $"<< merges maps, and this is none: {sources[i].Describe()}");
            }

            foreach (MapEntry entry in source.Entries)
            {
                map.Set(entry with { Merged = true });
            }
        }
    }

    private ManifestNode Resolve(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out ManifestNode? node))
        {
            throw new ManifestFormatException(At(alias.Start), $"no anchor &{name} stands before *{name}");
        }

        if (node is null)
        {
            throw new ManifestFormatException(At(alias.Start), $"the value of the anchor &{name} contains itself");
        }

        return _budget.TryCountAlias(node.Size)
            ? node
            : throw new ManifestFormatException(
                At(alias.Start), $"aliases such as *{name} blow this document up, so it is refused: write the values out");
    }

    private void Remember(AnchorName anchor, ManifestNode? node)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }
    }

    private static ScalarStyle StyleOf(Scalar scalar)
    {
        bool plain = scalar.Style == YamlDotNet.Core.ScalarStyle.Plain;
        return scalar.Tag.IsEmpty
            ? plain ? ScalarStyle.Plain : ScalarStyle.Text
            : scalar.Tag.Value switch
            {
                "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:null" =>
                    ScalarStyle.Plain,
                _ => ScalarStyle.Text,
            };
    }

    private ManifestFormatException Broken(Mark at, string message, string text)
    {
        (long line, long column, string explained) = YamlErrors.Explain(at, message, text);
        return new ManifestFormatException(At(line, column), explained);
    }

    private Location At(Mark mark) => At(mark.Line, mark.Column);

    private Location At(long line, long column) =>
        new(_document.File, (int)Math.Max(1, line) + _document.FirstLine - 1, (int)Math.Max(1, column));
}
