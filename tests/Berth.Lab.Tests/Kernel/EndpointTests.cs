namespace Berth.Lab.Tests.Kernel;

/// <summary>Which pods a Service leads to: those whose programs run and have listened.</summary>
public sealed class EndpointTests
{
    private const string Lab = """
        nodes: [{ name: node-1 }]
        images:
          - { image: agent, runs: echo, listens: [9100/tcp] }
          - { image: failing, command: ["false"] }
          - { image: ending, command: [sh, -c, 'trap "exit 3" TERM; echo $$ >/run/ending; while :; do sleep 0.05; done'] }
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { hostNetwork: true, containers: [{ name: c, image: agent }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: second }, spec: { selector: { app: second }, ports: [{ port: 9100 }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: good, labels: { app: web } }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: bad, labels: { app: web } }, spec: { containers: [{ name: c, image: failing, ports: [{ containerPort: 80 }] }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: late, labels: { app: web } }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }, { name: d, image: ending }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }
        probes:
          - { pod: late, phase: Running }
          - { pods: late, phase: Running, count: 1 }
          - { from: node/node-1, to: service/web, expect: [good, late], times: 30 }
        steps:
          # Another pod has its port: that one must not answer in its name.
          - apply: [{ apiVersion: v1, kind: Pod, metadata: { name: second, labels: { app: second } }, spec: { hostNetwork: true, containers: [{ name: c, image: agent }] } }]
            probes:
              - { pod: second, phase: Running, reason: CrashLoopBackOff }
              - { from: node/node-1, to: service/second, expect: refused }
          - at: node/node-1
            run: [sh, -c, "kill $(cat /run/ending); sleep 0.4"]
            probes:
              - { from: node/node-1, to: service/web, expect: good, times: 30 }
              - { from: pod/good, to: service/web, expect: good, times: 10 }
              - { pod: late, phase: Running, reason: CrashLoopBackOff, message: exit code 3 }
              - { pods: late, phase: Running, count: 0 }
              - { pods: late, phase: Running, reason: CrashLoopBackOff, count: 1 }

        """;

    /// <summary>In IPVS mode.</summary>
    internal static readonly string IpvsLab = $"{Lab}kubeProxy: {{ mode: ipvs }}\n";

    [Theory]
    [InlineData("mode: iptables")]
    [InlineData("mode: iptables, iptables: legacy")]
    [InlineData("mode: nftables")]
    public void A_pod_is_an_endpoint_from_when_its_programs_listen_as_long_as_they_run(string proxy)
    {
        using LabFileOnDisk file = new($"{Lab}kubeProxy: {{ {proxy} }}\n");
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void A_pod_whose_program_has_ended_meanwhile_is_not_simply_Running()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images: [{ image: short, command: [sleep, "0.1"] }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: short }] } }
            probes:
              - { at: node/node-1, run: [sleep, "0.5"] }
              - { pod: p, phase: Running }
              - { pods: p, phase: Running, count: 1 }
              - { pod: p, phase: Running, reason: CrashLoopBackOff, message: sleep ended with exit code 0 }
            """);

        Assert.Contains("2 of 4 as expected", LabProcess.Run("run", file.Path).ExitsWith(1).Output, StringComparison.Ordinal);
    }

    // As in Kubernetes, where without a readiness probe nobody asks whether it does.
    [Fact]
    public void A_pod_whose_program_has_stopped_listening_stays_an_endpoint()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images:
              - { image: deaf, command: [perl, "-MIO::Socket::INET", -e, '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 1) or die; select(undef, undef, undef, 0.02) until -e "/run/go"; close $s; sleep 9 while 1'] }
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: deaf, labels: { app: deaf } }, spec: { containers: [{ name: c, image: deaf, ports: [{ containerPort: 80 }] }] } }
              - { apiVersion: v1, kind: Service, metadata: { name: deaf }, spec: { selector: { app: deaf }, ports: [{ port: 80 }] } }
            probes:
              - { pod: deaf, phase: Running }
            steps:
              - at: node/node-1
                run: [sh, -c, "touch /run/go; sleep 0.5"]
                probes:
                  - { pod: deaf, phase: Running }
                  - { from: node/node-1, to: "pod/deaf:80", expect: refused }
                  - { at: node/node-1, run: [iptables-save, -t, nat], shows: "to-destination {pod/deaf}:80" }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void An_nginx_that_declares_no_port_is_waited_for_on_port_80()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { hostNetwork: true, containers: [{ name: c, image: nginx }] } }
            steps:
              - apply: [{ apiVersion: v1, kind: Pod, metadata: { name: second }, spec: { hostNetwork: true, containers: [{ name: c, image: nginx }] } }]
                probes:
                  - { pod: first, phase: Running }
                  - { pod: second, phase: Running, reason: CrashLoopBackOff, message: Address already in use }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void In_a_lab_that_stays_the_rules_follow_too()
    {
        using LabFileOnDisk file = new(Lab);
        using LabProcess up = LabProcess.RunAndLeave("up", file.Path).ExitsWith(0);
        string[] exec = ["exec", "--lab", file.Name, "node-1", "--"];
        LabProcess.RunAndLeave([.. exec, "sh", "-c", "kill $(cat /run/ending)"]).ExitsWith(0);

        // late, of which one program has ended.
        Assert.True(
            SpinWait.SpinUntil(
                () => !LabProcess.RunAndLeave([.. exec, "sh", "-c", "iptables-save -t nat | grep default/web"]).Output.Contains("probability", StringComparison.Ordinal),
                TimeSpan.FromSeconds(30)));
        Assert.Contains("CrashLoopBackOff", LabProcess.RunAndLeave("ps", file.Name).ExitsWith(0).Output, StringComparison.Ordinal);
        LabProcess.RunAndLeave("down", file.Name).ExitsWith(0);
        up.AssertNothingIsLeft();
    }
}
