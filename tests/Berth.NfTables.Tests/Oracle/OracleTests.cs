using System.Text.RegularExpressions;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Oracle;

/// <summary>nft and Berth make the same table, and Berth reads back what either made.</summary>
public abstract partial class OracleTests : KernelTests
{
    internal void AssertAlike(string script, Blueprint blueprint)
    {
        Table table = blueprint.Table;
        Nft.Run(script);
        (string Text, string Json) expected = List(table);
        blueprint.AssertIsWhatWasRead(Blueprint.Read(Connection, table));

        Nft.Run("flush ruleset");
        Commit(blueprint.AddTo);
        Assert.Equal(expected, List(table));
        blueprint.AssertIsWhatWasRead(Blueprint.Read(Connection, table));
    }

    private static (string Text, string Json) List(Table table) => (
        Nft.List(table.Family, table.Name), Handle().Replace(Nft.ListJson(table.Family, table.Name), ""));

    [GeneratedRegex("\"handle\": [0-9]+,? ?")]
    private static partial Regex Handle();
}
