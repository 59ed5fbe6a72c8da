namespace Berth.Lab.Tests.Kernel;

/// <summary>Pods that come to an end: those of Jobs, and others by their restartPolicy.</summary>
public sealed class JobTests
{
    [Fact]
    public void A_pod_that_has_ended_is_what_its_restartPolicy_says_and_its_port_is_free()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images:
              - { image: work, command: [perl, "-MIO::Socket::INET", -e, '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 1) or die; select(undef, undef, undef, 0.02) until -e "/run/go"'] }
              - { image: quick, command: ["true"] }
              - { image: bad, command: ["false"] }
            manifests:
              - { apiVersion: batch/v1, kind: Job, metadata: { name: first }, spec: { template: { metadata: { labels: { app: first } }, spec: { restartPolicy: OnFailure, containers: [{ name: c, image: echo, ports: [{ containerPort: 81 }] }, { name: d, image: quick }] } } } }
              - { apiVersion: batch/v1, kind: Job, metadata: { name: work }, spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: work, ports: [{ containerPort: 80, hostPort: 8080 }] }] } } } }
              - { apiVersion: v1, kind: Service, metadata: { name: first }, spec: { selector: { app: first }, ports: [{ port: 81 }] } }
            probes:
              # One of its programs is done, the other one is not: a pod is ready when all of its containers are.
              - { from: node/node-1, to: service/first, expect: refused }
              - { from: node/node-1, to: "pod/first-1:81", expect: first-1 }
              - { pod: first-1, phase: Running, reason: NotReady }
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
                  - { apiVersion: batch/v1, kind: CronJob, metadata: { name: nightly }, spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: c, image: quick }] } } } } } }
                  - { apiVersion: batch/v1, kind: Job, metadata: { name: bad }, spec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: c, image: bad }] } } } }
                  - { apiVersion: batch/v1, kind: Job, metadata: { name: once }, spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: bad, ports: [{ containerPort: 80, hostPort: 8081 }] }] } } } }
                  - { apiVersion: v1, kind: Pod, metadata: { name: done }, spec: { restartPolicy: OnFailure, containers: [{ name: c, image: quick }], initContainers: [{ name: s, image: echo, restartPolicy: Always }] } }
                  - { apiVersion: v1, kind: Pod, metadata: { name: half }, spec: { restartPolicy: Never, containers: [{ name: c, image: bad }, { name: d, image: echo }] } }
                  - { apiVersion: v1, kind: Pod, metadata: { name: again }, spec: { containers: [{ name: c, image: quick }] } }
              - at: node/node-1
                run: [sleep, "0.5"]
                probes:
                  - { pods: nightly, phase: Succeeded, count: 1 }
                  - { pod: bad-1, phase: Running, reason: CrashLoopBackOff, message: exit code 1 }
                  - { pod: once-1, phase: Failed, reason: Error, message: false ended with exit code 1 }
                  - { pods: once, phase: Failed, reason: Error, count: 1 }
                  - { from: outside, to: "node/node-1:8081", expect: refused }
                  - { pod: done, phase: Succeeded, reason: Completed }
                  - { pod: half, phase: Running, reason: NotReady, message: "false ended with exit code 1, others still run" }
                  - { pod: again, phase: Running, reason: CrashLoopBackOff, message: exit code 0 }
              - delete: [job/work, job/default/bad, cronjob/nightly]
                probes: [{ pods: work, phase: Succeeded, count: 0 }]
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }
}
