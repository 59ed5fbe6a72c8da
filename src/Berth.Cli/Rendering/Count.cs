namespace Berth.Cli.Rendering;

/// <summary>Numbers of things, in words that fit the number.</summary>
internal static class Count
{
    /// <summary><c>1 node</c>, <c>2 nodes</c>.</summary>
    public static string Of(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
