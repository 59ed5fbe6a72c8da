using Berth.HostPorts.Iptables;

namespace Berth.HostPorts.Tests.Iptables;

public class SavedRuleTests
{
    [Fact]
    public void Quotes_and_backslashes_are_read_as_iptables_save_writes_them() => Assert.Equal(
        ["-p", "tcp", "-m", "comment", "--comment", "dnat name: \"a\" id: \"b\\\"", "-j", "X"],
        new SavedRule("""-p tcp -m comment --comment "dnat name: \"a\" id: \"b\\\"" -j X""").Arguments);

    [Theory]
    [InlineData("-j CNI-DN-1", "CNI-DN-1")]
    [InlineData("-p tcp -m tcp --dport 1 -j CNI-DN-1", "CNI-DN-1")]
    [InlineData("-p tcp -j DNAT --to-destination 10.0.0.1:80", null)]
    [InlineData("-m comment --comment \"x -j y\"", null)]
    [InlineData("--x-j y", null)]
    [InlineData("", null)]
    public void Where_it_jumps_to_stands_last(string text, string? target) => Assert.Equal(target, new SavedRule(text).Jump);

    [Theory]
    [InlineData("-s 10.0.0.0/24 -p tcp -m tcp --dport 80 -j X", true)]
    [InlineData("-p tcp -m tcp --dport 80 -s 10.0.0.0/24 -j X", true)]
    [InlineData("-p tcp --dport 80 -s 10.0.0.0/24 -j X", true)]
    [InlineData("! -s 10.0.0.0/24 -p tcp -m tcp --dport 80 -j X", false)]
    [InlineData("-s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j X", false)]
    [InlineData("-s 10.0.0.0/24 -p tcp -m tcp --dport 80 -j Y", false)]
    [InlineData("-s 10.0.0.0/24 -p tcp -m tcp --dport 80 -m mark --mark 1 -j X", false)]
    [InlineData("-p tcp -m tcp --dport 80 -j X", false)]
    public void The_order_of_options_and_the_names_of_matches_do_not_count(string text, bool isSame) => Assert.Equal(
        isSame, new SavedRule(text).Says(["-p", "tcp", "--dport", "80", "-s", "10.0.0.0/24", "-j", "X"]));

    [Fact]
    public void A_negated_option_has_no_value()
    {
        SavedRule rule = new("! -d 10.0.0.1/32 -p tcp");

        Assert.Null(rule.Value("-d"));
        Assert.Equal("tcp", rule.Value("-p"));
    }
}
