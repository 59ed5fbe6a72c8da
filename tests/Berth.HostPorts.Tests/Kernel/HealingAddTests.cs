namespace Berth.HostPorts.Tests.Kernel;

public class HealingAddTests : KernelTests
{
    [Theory]
    [InlineData("ip")]
    [InlineData("ip6")]
    public void ADD_wakes_a_dormant_table_and_completes_it(string family)
    {
        Backend.Add(Pod(1), Ports(8080));
        Tool.Nft($"delete chain {family} berth output");
        Tool.Nft($"add table {family} berth {{ flags dormant; }}");

        Backend.Add(Pod(2), Ports(8081));

        Backend.Check(Pod(1), Ports(8080));
        Backend.Check(Pod(2), Ports(8081));
    }

    [Fact]
    public void ADD_without_the_conditions_that_it_had_takes_what_it_had_under_them()
    {
        Backend.Add(Pod(1), Ports(8080, 8081) with { ConditionsV4 = ["ip saddr 10.0.0.0/8"], ConditionsV6 = ["meta mark 1"] });
        int before = Elements();

        Backend.Add(Pod(1), Ports(8080, 8081));

        Backend.Check(Pod(1), Ports(8080, 8081));
        Assert.Equal(before, Elements());
    }

    [Fact]
    public void ADD_with_conditions_takes_what_it_had_without_them()
    {
        Backend.Add(Pod(1), Ports(8080, 8081));
        int before = Elements();

        Backend.Add(Pod(1), Ports(8080, 8081) with { ConditionsV4 = ["ip saddr 10.0.0.0/8"], ConditionsV6 = ["meta mark 1"] });

        Assert.Equal(before, Elements());
    }

    [Fact]
    public void ADD_that_no_longer_has_a_family_takes_what_it_had_there_under_conditions()
    {
        Backend.Add(Pod(1), Ports(8080) with { ConditionsV6 = ["meta mark 1"] });

        Backend.Add(Pod(1) with { Addresses = Pod(1).Addresses with { V6 = null } }, Ports(8080));

        Assert.All(
            Connection.Sets(Berth.NfTables.NfFamily.Ip6, "berth"), set => Assert.Empty(Connection.Elements(set)));
    }
}
