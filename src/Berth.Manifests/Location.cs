namespace Berth.Manifests;

/// <summary>Where a value stands, as editors count: from 1.</summary>
/// <param name="File">The file's path as it was given, or <see cref="StandardInput"/>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in UTF-16 units, from 1.</param>
public readonly record struct Location(string File, int Line, int Column)
{
    /// <summary>The name of what was read from standard input.</summary>
    public const string StandardInput = "<stdin>";

    /// <summary><c>file:line:column</c>, which terminals and editors follow.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
