using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// A kernel that has nf_tables, and not all of what NAT needs of it (module_blacklist=nft_masq and others), in a virtual machine
/// for each module.
/// </summary>
public abstract class WithoutNftNatTests
{
    private const int NotAvailable = 50;

    private static readonly PortMapping Web = new(8080, 80);

    private readonly string _module;

    protected WithoutNftNatTests(string module)
    {
        _module = module;
        Assert.SkipUnless(
            File.ReadAllText("/proc/cmdline").Contains("module_blacklist=" + module, StringComparison.Ordinal),
            $"this kernel has {module}: KERNEL_VM_ARGUMENTS=module_blacklist={module} eng/kernel-vm has one without");
    }

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
        Assert.Contains(_module, status.ErrorText, StringComparison.Ordinal);
        PluginResult added = web.Add(Web).Failed();
        Assert.Contains(_module, added.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("ip berth", Tables.All(node));
        Assert.DoesNotContain("ip6 berth", Tables.All(node));
        Assert.Equal("", web.Del(Web).Succeeded().Output.Stderr);
    }
}

/// <summary>Without masquerading.</summary>
[Trait("kernel", "no-nft_masq")]
public sealed class WithoutNftMasqTests() : WithoutNftNatTests("nft_masq");

/// <summary>Without fib expressions.</summary>
[Trait("kernel", "no-nft_fib")]
public sealed class WithoutNftFibTests() : WithoutNftNatTests("nft_fib");

/// <summary>Without chains of type nat.</summary>
[Trait("kernel", "no-nft_chain_nat")]
public sealed class WithoutNftChainNatTests() : WithoutNftNatTests("nft_chain_nat");
