namespace Berth.Published.Tests;

/// <summary>The checkout that this assembly was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? place = new(AppContext.BaseDirectory);
        while (place is not null && !File.Exists(Path.Combine(place.FullName, "Berth.slnx")))
        {
            place = place.Parent;
        }

        return place?.FullName ?? throw new InvalidOperationException("No Berth.slnx above " + AppContext.BaseDirectory);
    }
}
