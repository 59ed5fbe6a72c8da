using System.Text.RegularExpressions;

namespace Berth.Lab.Tests.Services;

/// <summary>Listings that were looked at once, and from then on must be the same.</summary>
internal static partial class Golden
{
    /// <summary>Fails unless a listing is the one in the file of that name.</summary>
    internal static void AssertEqual(string name, string listing)
    {
        string file = Path.Combine(Repository.Root, "tests", "Berth.Lab.Tests", "Services", "Golden", name);
        string plain = Plain(listing);
        if (Environment.GetEnvironmentVariable("BERTH_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(file, plain);
        }

        Assert.Equal(File.ReadAllText(file), plain);
    }

    /// <summary>A listing without what differs from run to run, between kernels, and between iptables' flavours: comments with the
    /// time, counters, how an ipset is hashed, and the order of tables and of the built-in chains, of which the nft flavour has only
    /// those in use.</summary>
    internal static string Plain(string listing)
    {
        if (!listing.Contains("\nCOMMIT\n", StringComparison.Ordinal))
        {
            return HashSeed().Replace(listing, "");
        }

        string[] tables = Regex.Split(Counter().Replace(listing, ""), "(?<=^COMMIT\n)", RegexOptions.Multiline);
        return string.Concat(tables.Select(static table => string.Concat(
            table.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static line => line[0] != '#' && !BuiltIn().IsMatch(line)).Select(static line => line + "\n")))
            .Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(" (bucketsize|initval) [0-9a-fx]+")]
    private static partial Regex HashSeed();

    [GeneratedRegex(@" \[\d+:\d+\]$", RegexOptions.Multiline)]
    private static partial Regex Counter();

    [GeneratedRegex("^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ")]
    private static partial Regex BuiltIn();
}
