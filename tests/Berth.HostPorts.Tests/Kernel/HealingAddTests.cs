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
}
