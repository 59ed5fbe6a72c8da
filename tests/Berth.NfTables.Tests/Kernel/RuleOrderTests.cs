namespace Berth.NfTables.Tests.Kernel;

/// <summary>A rule stands where it was put: at the end, or before another.</summary>
public sealed class RuleOrderTests : KernelTests
{
    private static readonly Table Table = new(NfFamily.Ip, "order");
    private static readonly Chain Chain = new(NfFamily.Ip, "order", "c");

    [Theory]
    [InlineData("first", "new first second third")]
    [InlineData("second", "first new second third")]
    [InlineData("third", "first second new third")]
    public void An_inserted_rule_stands_right_before_the_other(string before, string expected)
    {
        Commit(transaction =>
        {
            transaction.Create(Table);
            transaction.Add(Chain);
            foreach (string name in new[] { "first", "second", "third" })
            {
                transaction.Add(Named(name));
            }
        });
        Rule other = Connection.Rules(NfFamily.Ip, "order").Single(rule => rule.Comment == before);

        Commit(transaction => transaction.Insert(Named("new"), other));

        Assert.Equal(expected, string.Join(' ', Connection.Rules(NfFamily.Ip, "order").Select(static rule => rule.Comment)));
    }

    private static Rule Named(string name) =>
        new(NfFamily.Ip, "order", "c", [new Immediate(Verdict.Return)]) { Comment = name };
}
