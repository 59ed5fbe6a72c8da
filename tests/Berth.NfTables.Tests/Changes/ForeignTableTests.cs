using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Changes;

public sealed class ForeignTableTests : KernelTests
{
    [Fact]
    public void A_table_with_unknown_expressions_can_be_read_and_they_are_kept()
    {
        Nft.Run("""
            table inet foreign {
                chain c {
                    quota 100 bytes log prefix "x" limit rate 1/second accept
                    tcp option maxseg size set 1400 comment "named"
                    ip protocol tcp masquerade to :1000-2000
                }
                chain nat { type nat hook postrouting priority 0; ip protocol tcp masquerade to :1000-2000; }
                set expiring { type ipv4_addr; timeout 1h; counter; elements = { 192.0.2.1, 192.0.2.2 comment "c" }; }
            }
            """.Replace("        ip protocol tcp masquerade to :1000-2000\n", "", StringComparison.Ordinal));
        IReadOnlyList<Rule> rules = Connection.Rules(NfFamily.Inet, "foreign");
        Assert.Equal(
            ["quota", "log", "limit", "immediate"], rules.First(r => r.Chain == "c").Expressions.Select(e => e.Name));
        Assert.Equal("named", rules.Single(r => r.Comment is not null).Comment);
        UnknownExpression masquerade = Assert.IsType<UnknownExpression>(
            rules.Single(r => r.Chain == "nat").Expressions[^1]);
        Assert.Equal("masq", masquerade.Name);
        Set set = Assert.Single(Connection.Sets(NfFamily.Inet, "foreign"));
        Assert.True(set.Flags.HasFlag(SetFlags.Timeout));
        Assert.Equal([null, "c"], Connection.Elements(set).OrderBy(e => e.Key.ToString()).Select(e => e.Comment));
    }

    [Fact]
    public void An_unknown_expression_is_written_as_it_was_read()
    {
        Nft.Run("""
            add table ip foreign
            add chain ip foreign c
            add chain ip foreign copy
            add rule ip foreign c quota 100 bytes log prefix "x" limit rate 1/second accept
            """);
        Rule rule = Assert.Single(Connection.Rules(NfFamily.Ip, "foreign"));
        Commit(changes => changes.Add(rule with { Chain = "copy" }));
        Rule copy = Assert.Single(Connection.Rules(NfFamily.Ip, "foreign", "copy"));
        Assert.True(rule.DoesTheSameAs(copy));
        Assert.Equal(2, Nft.List(NfFamily.Ip, "foreign").Split("quota 100 bytes log prefix \"x\" limit rate 1/second accept").Length - 1);
    }
}
