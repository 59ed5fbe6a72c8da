namespace Berth.Lab.Tests.Kernel;

/// <summary>What needs IPVS, on kernels of Debian's that have it, in virtual machines. No other test runs meanwhile: they are slow
/// enough.</summary>
[Collection(AloneCollection.Name)]
public sealed class VirtualMachineTests
{
    /// <summary>Among them the MySQL hijack: it happens with the reference plugin, and not with Berth's.</summary>
    [Theory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    [Trait("tier", "slow")]
    public void Experiments_and_Services_in_IPVS_mode_are_as_expected_on_a_kernel_that_has_it(string kernel)
    {
        string reference = Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP") ?? "";
        Assert.SkipWhen(reference.Length == 0, "the reference plugin cannot be had here: eng/reference-portmap DIR");
        string[] experiments = [.. ExampleTests.NeedIpvs.Select(static name => $"examples/{name}.yaml")];
        Assert.Contains("examples/mysql-hijack.yaml", experiments);

        // The machine has the root of this one, but for /tmp.
        string directory = Path.Combine(Repository.Root, "out", "labs");
        using LabFileOnDisk services = new(ClusterTests.IpvsLab, directory);
        using LabFileOnDisk endpoints = new(EndpointTests.IpvsLab, directory);
        using LabFileOnDisk modes = new(ClusterTests.ModesLab, directory);
        using LabFileOnDisk flushed = new(ClusterTests.FlushedIpvsLab, directory);
        LabProcess machine = LabProcess.Program(
        [
            "env", "KERNEL_VM_TIMEOUT=1700", "eng/kernel-vm", kernel, "env", $"BERTH_PORTMAP={PublishedFiles.Portmap}", $"BERTH_REFERENCE_PORTMAP={reference}",
            PublishedFiles.Berth, "lab", "run", services.Path, endpoints.Path, modes.Path, flushed.Path, .. experiments,
        ]);
        Assert.SkipWhen(machine.Process.ExitCode == 125, $"there is no such machine here: {machine.Errors}");

        machine.ExitsWith(0);
        Assert.Equal(experiments.Length + 4, machine.Output.Split(" as expected (").Length - 1);
        TestContext.Current.TestOutputHelper?.WriteLine(machine.Output);
    }

    /// <summary>br_netfilter nothing loads by itself, and without it Services and policies fail between pods of one node.</summary>
    [Theory]
    [InlineData("br_netfilter", "examples/three-nginx.yaml", "sudo modprobe br_netfilter")]
    [InlineData("vxlan", "examples/three-rules.yaml", "this kernel has no VXLAN interfaces (or write `overlay: routes` under `network:`)")]
    [Trait("tier", "slow")]
    public void On_a_kernel_that_lacks_a_module_a_lab_says_what_is_missing(string module, string lab, string words)
    {
        LabProcess machine = LabProcess.Program(
        [
            "env", $"KERNEL_VM_ARGUMENTS=module_blacklist={module}", "eng/kernel-vm", "6.12", "env", $"BERTH_PORTMAP={PublishedFiles.Portmap}",
            PublishedFiles.Berth, "lab", "run", lab,
        ]);
        Assert.SkipWhen(machine.Process.ExitCode == 125, $"there is no such machine here: {machine.Errors}");

        machine.ExitsWith(4);
        Assert.Contains(words, machine.Output, StringComparison.Ordinal);
    }
}
