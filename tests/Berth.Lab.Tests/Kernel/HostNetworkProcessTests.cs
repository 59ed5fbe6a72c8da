namespace Berth.Lab.Tests.Kernel;

/// <summary>Which processes of a node are a hostNetwork pod's: all that its programs have started.</summary>
public sealed class HostNetworkProcessTests
{
    // The ports are the last argument: a server that says who it is, as the lab's own does.
    private const string Server = """
        sh, perl, -MIO::Socket::INET, -e, 'my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 9) or die; while (my $c = $s->accept) { sysread $c, my $b, 4096; print $c "name=$ENV{POD_NAME} source=" . $c->peerhost . "\n"; close $c }'
        """;

    [Fact]
    public void A_socket_of_a_child_or_of_an_orphan_is_the_pods_too()
    {
        using LabFileOnDisk file = new($$"""
            nodes: [{ name: node-1 }]
            images:
              - { image: parent, listens: [9201/tcp], command: [sh, -c, '"$@" & wait', {{Server}}, "9201"] }
              - { image: forks, listens: [9202/tcp], command: [sh, -c, '("$@" &); exec sleep infinity', {{Server}}, "9202"] }
              - { image: left, listens: [9203/tcp], command: [sh, -c, '("$@" &); sleep 0.3', {{Server}}, "9203"] }
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: child, labels: { app: child } }, spec: { hostNetwork: true, containers: [{ name: c, image: parent }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: orphan }, spec: { hostNetwork: true, containers: [{ name: c, image: forks }] } }
              - { apiVersion: v1, kind: Service, metadata: { name: child }, spec: { selector: { app: child }, ports: [{ port: 80, targetPort: 9201 }] } }
            probes:
              - { pod: child, phase: Running }
              - { pod: orphan, phase: Running }
              - { from: node/node-1, to: service/child, expect: child }
              - { from: outside, to: "node/node-1:9201", expect: child, explain: true }
              - { from: outside, to: "node/node-1:9202", expect: orphan, explain: true }
              - { at: node/node-1, run: [berth, ls, "9201"], shows: default/child }
              - { at: node/node-1, run: [berth, ls, "9202"], shows: default/orphan }
            steps:
              # With the pod all of them go.
              - delete: [pod/orphan]
                probes:
                  - { from: outside, to: "node/node-1:9201", expect: child }
                  - { from: outside, to: "node/node-1:9202", expect: refused }
              - kill: pod/child
                probes: [{ from: outside, to: "node/node-1:9201", expect: refused }]
              # And with the first process of a container.
              - apply: [{ apiVersion: v1, kind: Pod, metadata: { name: ends }, spec: { hostNetwork: true, containers: [{ name: c, image: left }] } }]
              - at: node/node-1
                run: [sleep, "0.6"]
                probes:
                  - { pod: ends, phase: Running, reason: CrashLoopBackOff }
                  - { from: outside, to: "node/node-1:9203", expect: refused }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void The_environment_of_a_pods_program_is_what_its_manifest_says()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images: [{ image: prints, command: [sh, -c, 'env >/run/env.$POD_NAME; exec sleep infinity'] }]
            manifests:
              - apiVersion: v1
                kind: Pod
                metadata: { name: p }
                spec:
                  containers:
                    - name: c
                      image: prints
                      env:
                        - { name: HOST, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }
                        - { name: OWN, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
                        - { name: URL, value: "http://$(OWN):80" }
            probes:
              - { at: node/node-1, run: [sh, -c, "until grep URL /run/env.p; do sleep 0.05; done; cat /run/env.p"], shows: ["HOST={node/node-1}", "OWN={pod/p}", "URL=http://{pod/p}:80"] }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }
}
