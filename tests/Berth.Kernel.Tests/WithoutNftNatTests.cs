using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// A kernel that has nf_tables, and not all of what NAT needs of it (module_blacklist=nft_masq), in a virtual machine.
/// </summary>
[Trait("kernel", "no-nft_masq")]
public sealed class WithoutNftNatTests
{
    private const int NotAvailable = 50;

    private static readonly PortMapping Web = new(8080, 80);

    public WithoutNftNatTests() => Assert.SkipUnless(
        File.ReadAllText("/proc/cmdline").Contains("module_blacklist=nft_masq", StringComparison.Ordinal),
        "this kernel has nft_masq: KERNEL_VM_ARGUMENTS=module_blacklist=nft_masq eng/kernel-vm has one without");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void STATUS_says_what_is_missing_and_ADD_fails_with_the_same_remedy_and_leaves_nothing(bool namesTheBackend)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment with { HasBackend = namesTheBackend };

        PluginResult status = web.Status().Failed();

        Assert.Equal(NotAvailable, status.ErrorCode);
        Assert.Contains("nf_tables of this kernel lacks what host ports need", status.ErrorText, StringComparison.Ordinal);
        Assert.Contains("nft_masq", status.ErrorText, StringComparison.Ordinal);
        Assert.Contains("nft_masq", web.Add(Web).Failed().ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("ip berth", Tables.All(node));
        Assert.Equal("", web.Del(Web).Succeeded().Output.Stderr);
    }
}
