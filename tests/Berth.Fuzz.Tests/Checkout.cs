namespace Berth.Fuzz.Tests;

/// <summary>The checkout that this assembly was built in.</summary>
internal static class Checkout
{
    /// <summary>Its directory "fuzz".</summary>
    internal static string Fuzz { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? place = new(AppContext.BaseDirectory);
        while (place is not null && !File.Exists(Path.Combine(place.FullName, "Berth.slnx")))
        {
            place = place.Parent;
        }

        return Path.Combine(
            place?.FullName ?? throw new InvalidOperationException("No Berth.slnx above " + AppContext.BaseDirectory), "fuzz");
    }
}
