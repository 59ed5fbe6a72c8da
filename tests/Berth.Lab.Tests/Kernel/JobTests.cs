namespace Berth.Lab.Tests.Kernel;

/// <summary>Pods that come to an end: those of Jobs.</summary>
public sealed class JobTests
{
    [Fact]
    public void A_Job_that_is_done_has_Succeeded_and_its_port_is_free()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images:
              - { image: work, command: [perl, "-MIO::Socket::INET", -e, '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 1) or die; select(undef, undef, undef, 0.02) until -e "/run/go"'] }
              - { image: quick, command: ["true"] }
              - { image: bad, command: ["false"] }
            manifests:
              - { apiVersion: batch/v1, kind: Job, metadata: { name: first }, spec: { template: { metadata: { labels: { app: first } }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 81 }] }, { name: d, image: quick }] } } } }
              - { apiVersion: batch/v1, kind: Job, metadata: { name: work }, spec: { template: { spec: { containers: [{ name: c, image: work, ports: [{ containerPort: 80, hostPort: 8080 }] }] } } } }
              - { apiVersion: v1, kind: Service, metadata: { name: first }, spec: { selector: { app: first }, ports: [{ port: 81 }] } }
            probes:
              # One of its programs is done, the other one is not.
              - { from: node/node-1, to: service/first, expect: first-1 }
              - { pod: first-1, phase: Running }
            steps:
              - delete: [job/first]
                probes: [{ pods: first, phase: Running, count: 0 }]
              - apply:
                  - { apiVersion: v1, kind: Pod, metadata: { name: waits }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
                probes:
                  - { pod: waits, phase: Pending, heldBy: work-1 }
              - at: node/node-1
                run: [sh, -c, "touch /run/go; sleep 0.5"]
                probes:
                  - { pod: work-1, phase: Succeeded, node: node-1 }
                  - { pods: work, phase: Succeeded, count: 1 }
                  - { pods: work, phase: Running, count: 0 }
                  - { pod: waits, phase: Running }
                  - { from: outside, to: "node/node-1:8080", expect: waits }
              - apply:
                  - { apiVersion: batch/v1, kind: CronJob, metadata: { name: nightly }, spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: quick }] } } } } } }
                  - { apiVersion: batch/v1, kind: Job, metadata: { name: bad }, spec: { template: { spec: { containers: [{ name: c, image: bad }] } } } }
              - at: node/node-1
                run: [sleep, "0.5"]
                probes:
                  - { pods: nightly, phase: Succeeded, count: 1 }
                  - { pod: bad-1, phase: Running, reason: CrashLoopBackOff, message: exit code 1 }
              - delete: [job/work, job/default/bad, cronjob/nightly]
                probes: [{ pods: work, phase: Succeeded, count: 0 }]
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }
}
