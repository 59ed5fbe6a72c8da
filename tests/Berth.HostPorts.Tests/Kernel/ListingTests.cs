using System.Runtime.CompilerServices;
using Berth.HostPorts.Nftables;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>What docs/nftables.md shows is what nft shows.</summary>
public class ListingTests() : KernelTests(withLinks: false)
{
    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void The_documented_table_is_the_one_that_nft_lists(NfFamily family)
    {
        Make(family);

        Assert.Equal(Documented(family), List(family));
    }

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void The_documented_table_can_be_loaded(NfFamily family)
    {
        Tool loaded = Tool.Try("nft", ["-f", "-"], Documented(family));

        Assert.True(loaded.ExitCode == 0, loaded.Errors);
        Assert.Equal(Documented(family), List(family));
    }

    private void Make(NfFamily family)
    {
        SchemaState schema = new(new BerthTable(family), null);
        schema.Read(Connection, chains: true);
        Transaction transaction = new();
        schema.Repair(transaction);
        Assert.True(Connection.Commit(transaction));
    }

    private static string List(NfFamily family) => Tool.Nft($"list table {Text(family)} berth").Trim();

    private static string Text(NfFamily family) => family == NfFamily.Ip ? "ip" : "ip6";

    private static string Documented(NfFamily family)
    {
        string text = File.ReadAllText(Page());
        string begin = $"<!-- begin: nft list table {Text(family)} berth -->\n```\n";
        int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int end = text.IndexOf("\n```\n<!-- end -->", start, StringComparison.Ordinal);
        Assert.True(start >= begin.Length && end > start, $"{Page()} has no listing for {Text(family)}");
        return text[start..end];
    }

    private static string Page([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/nftables.md"));
}
