namespace Berth.Lab.Tests.Kernel;

/// <summary>What a lab must not touch, seen from a machine that is namespaces itself, so that nobody else changes it meanwhile: it
/// has links, rules of every kind, namespaces with names, and files where a lab has its own (outside-of-a-lab.sh). Alone, for the
/// virtual machine among them.</summary>
[Collection(AloneCollection.Name)]
public sealed class OutsideTests
{
    private const string Script = "tests/Berth.Lab.Tests/Kernel/outside-of-a-lab.sh";

    [Fact]
    public void Nothing_outside_of_a_lab_is_touched_while_it_is_there_or_after_it()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }, { name: node-2 }]
            kubeProxy: { mode: iptables, iptables: legacy }
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: web, labels: { app: web } }, spec: { nodeName: node-1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: host }, spec: { nodeName: node-2, hostNetwork: true, containers: [{ name: c, image: echo, ports: [{ containerPort: 9000 }] }] } }
              - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] } }
            probes:
              - { from: node/node-1, to: "localhost:8080", expect: web }
              - { from: pod/host, to: service/web, expect: web }
            steps:
              - restart: kube-proxy
                mode: nftables
                probes: [{ from: node/node-2, to: service/web, expect: web }]
            """);
        AssertNothingIsTouched(file.Path, file.Name);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void Nor_is_it_by_a_lab_of_real_databases()
    {
        _ = Reference();
        AssertNothingIsTouched("examples/virtual-address-hijack.yaml", "virtual-address-hijack");
    }

    /// <summary>Databases in IPVS mode beside a machine's own virtual services and kube-ipvs0: where the kernel has them.</summary>
    [Fact]
    [Trait("tier", "slow")]
    public void Nor_are_virtual_services_by_a_lab_in_IPVS_mode()
    {
        string reference = Reference();
        LabProcess machine = LabProcess.Program(
        [
            "env", "KERNEL_VM_TIMEOUT=1700", "eng/kernel-vm", "6.12", "env", $"BERTH_PORTMAP={PublishedFiles.Portmap}", $"BERTH_REFERENCE_PORTMAP={reference}",
            "sh", "-c", "modprobe -a ip_vs ip_vs_rr dummy iptable_nat && exec \"$@\"", "sh", Script, PublishedFiles.Berth, "examples/mysql-hijack.yaml", "mysql-hijack",
        ]);
        Assert.SkipWhen(machine.Process.ExitCode == 125, $"there is no such machine here: {machine.Errors}");

        machine.ExitsWith(0);
        Assert.Contains("Nothing was touched outside of mysql-hijack, IPVS included", machine.Output, StringComparison.Ordinal);
    }

    private static string Reference()
    {
        string reference = Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP") ?? "";
        Assert.SkipWhen(reference.Length == 0, "the reference plugin cannot be had here: eng/reference-portmap DIR");
        return reference;
    }

    private static void AssertNothingIsTouched(string lab, string name)
    {
        using LabProcess machine = LabProcess.Program([Script, PublishedFiles.Berth, lab, name]);
        machine.ExitsWith(0);
        Assert.Contains($"Nothing was touched outside of {name}", machine.Output, StringComparison.Ordinal);
        machine.AssertNothingIsLeft();
    }
}
