namespace Berth.Manifests;

/// <summary>A scalar. What it is gets found out when it is asked for: most of a manifest never is.</summary>
internal sealed class ScalarNode(Location at, string text, ScalarStyle style) : ManifestNode(at)
{
    public string Text { get; } = text;

    public ScalarStyle Style { get; } = style;

    public ScalarValue Value => ScalarValue.Of(Text, Style);

    public override string Describe() => Value.Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Boolean => $"`{Text}` is a boolean",
        ScalarKind.Integer or ScalarKind.Fraction => $"`{Text}` is a number",
        _ => $"\"{Text}\" is a string",
    };

    /// <summary>The text of a key, as kubectl writes it into JSON.</summary>
    public string AsKey()
    {
        ScalarValue value = Value;
        return value.Kind switch
        {
            ScalarKind.Boolean => value.Boolean ? "true" : "false",
            ScalarKind.Integer => value.Integer.ToString(),
            _ => Text,
        };
    }
}
