namespace Berth.Published.Tests;

/// <summary>The directory that <c>eng/publish</c> filled: <c>BERTH_PUBLISHED</c>, or else <c>out/publish</c>.</summary>
internal static class PublishedFiles
{
    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("BERTH_PUBLISHED") ?? Path.Combine(Repository.Root, "out", "publish");

    public static string Portmap { get; } = Path.Combine(Directory, "portmap");

    public static string Berth { get; } = Path.Combine(Directory, "berth");

    public static IEnumerable<TheoryDataRow<string>> Names()
    {
        string[] files = System.IO.Directory.Exists(Directory) ? System.IO.Directory.GetFiles(Directory) : [];
        return files.Length > 0
            ? files.Select(file => new TheoryDataRow<string>(Path.GetFileName(file)))
            : throw new InvalidOperationException($"Nothing in {Directory}: run eng/publish {Directory}");
    }
}
