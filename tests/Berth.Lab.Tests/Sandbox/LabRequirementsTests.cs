namespace Berth.Lab.Tests.Sandbox;

public sealed class LabRequirementsTests
{
    private const string Node = "nodes: [{ name: a }]\n";
    private const string Missing = "/nowhere/net/bridge";

    [Theory]
    [InlineData("")]
    [InlineData("network: { plugin: bridge, overlay: routes }")]
    public void Pods_on_a_bridge_need_br_netfilter_and_the_remedy_is_said(string network)
    {
        LabFile lab = LabText.Lab(Node + network);

        LabUnsupportedException missing = Assert.Throws<LabUnsupportedException>(() => LabRequirements.CheckBridges(lab, Missing));

        Assert.Contains("sudo modprobe br_netfilter", missing.Message, StringComparison.Ordinal);
        LabRequirements.CheckBridges(lab, Path.GetTempPath());
    }

    [Theory]
    [InlineData("network: { plugin: ptp }")]
    [InlineData("network: { overlay: none }")]
    public void Others_do_not(string network) => LabRequirements.CheckBridges(LabText.Lab(Node + network), Missing);
}
