namespace Berth.Lab.Tests.Kernel;

/// <summary>What goes on when something is applied again, and what a pod that is made anew has of its predecessor: nothing.</summary>
public sealed class ReplacementTests
{
    private const string Alone = "{ apiVersion: v1, kind: Pod, metadata: { name: alone }, spec: { containers: [{ name: c, image: mark }] } }";

    private static string Web(int replicas, int port) => $$"""
        { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: {{replicas}}, template: { spec: { nodeSelector: { kubernetes.io/hostname: node-1 }, containers: [{ name: c, image: mark, ports: [{ containerPort: {{port}} }] }] } } } }
        """;

    [Fact]
    public void Who_applies_the_same_again_or_scales_leaves_processes_and_sandboxes_alone_and_what_is_made_anew_begins_anew()
    {
        // Each program says that it started, and refuses to where one of its pod's name has been.
        string lab = $$"""
            nodes: [{ name: node-1 }]
            images: [{ image: mark, command: [sh, -c, 'cd /run/berth-lab/pods/default_$POD_NAME/c && test ! -e mark && touch mark && echo $POD_NAME >>/run/started && exec perl -MIO::Socket::INET -e "push @s, IO::Socket::INET->new(LocalPort => \$_, Listen => 1) || die for 80, 81; sleep"'] }]
            manifests: [{{Web(1, 80)}}, {{Alone}}]
            steps:
              - at: node/node-1
                run: [sh, -c, "ls /var/log/pods >/run/pods"]
              - apply: [{{Web(1, 80)}}, {{Alone}}]
                probes:
                  - { at: node/node-1, run: [sh, -c, "ls /var/log/pods | diff /run/pods - && sort /run/started | tr '\n' ' '"], shows: "alone web-1 ", exit: 0 }
              - apply: [{{Web(2, 80)}}]
                probes:
                  - { pods: web, phase: Running, count: 2 }
                  - { at: node/node-1, run: [sh, -c, "ls /var/log/pods | grep -cxFf /run/pods; sort /run/started | tr '\n' ' '"], shows: "2\nalone web-1 web-2 ", exit: 0 }
              - apply: [{{Web(1, 80)}}]
                probes:
                  - { pod: web-1, phase: Running }
                  - { at: node/node-1, run: [sh, -c, "ls /var/log/pods | diff /run/pods -"], exit: 0 }
                  - { at: node/node-1, run: [ls, /run/berth-lab/pods], shows: default_web-1, hides: default_web-2 }
              - apply: [{{Web(1, 81)}}]
                probes:
                  - { pod: web-1, phase: Running }
                  - { at: node/node-1, run: [sh, -c, "ls /var/log/pods | grep -vxFf /run/pods; sort /run/started | tr '\n' ' '"], shows: [default_web-1_, "alone web-1 web-1 web-2 "], exit: 0 }
              - delete: [pod/alone]
                probes:
                  - { at: node/node-1, run: [ls, /run/berth-lab/pods], hides: alone }
              - apply: [{{Alone}}]
                probes:
                  - { pod: alone, phase: Running }
                  - { at: node/node-1, run: [sh, -c, "ls /var/log/pods | grep alone | diff /run/pods - | grep -c alone"], shows: "2" }
            """;
        using LabFileOnDisk file = new(lab);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void A_MariaDB_that_is_deleted_and_applied_again_is_a_new_one()
    {
        static string Pod(string user) => $$"""
            { apiVersion: v1, kind: Pod, metadata: { name: db }, spec: { containers: [{ name: c, image: "mariadb:10.11", env: [{ name: MARIADB_USER, value: {{user}} }, { name: MARIADB_PASSWORD, value: secret }, { name: MARIADB_DATABASE, value: shop }], ports: [{ containerPort: 3306 }] }] } }
            """;
        static string Login(string user) => $$"""
            at: node/node-1, run: [mariadb, -h, "{pod/db}", -u, {{user}}, -psecret, -N, -e, "select @@hostname"]
            """;
        using LabFileOnDisk file = new($$"""
            nodes: [{ name: node-1 }]
            manifests: [{{Pod("alice")}}]
            probes:
              - { {{Login("alice")}}, shows: db }
              - { at: node/node-1, run: [mariadb, -h, "{pod/db}", -u, alice, -psecret, -N, -e, "show databases"], shows: shop }
            steps:
              - delete: [pod/db]
              - apply: [{{Pod("bob")}}]
                probes:
                  - { pod: db, phase: Running }
                  - { {{Login("bob")}}, shows: db }
                  - { {{Login("alice")}}, shows: Access denied, exit: 1 }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Theory]
    [InlineData("pod/late", "pod default/late is Pending, Unschedulable: none of its programs runs, so there is nothing to be killed")]
    [InlineData("pod/forced", "pod default/forced is Failed, NodeAffinity: none of its programs runs, so there is nothing to be killed")]
    [InlineData("pod/ended", "pod default/ended is Running, CrashLoopBackOff: none of its programs runs, so there is nothing to be killed")]
    public void A_pod_of_which_no_program_runs_is_not_killed(string pod, string error)
    {
        using LabFileOnDisk file = new($$"""
            nodes: [{ name: node-1 }]
            images: [{ image: short, command: ["false"] }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: late }, spec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: forced }, spec: { nodeName: node-1, nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: ended }, spec: { containers: [{ name: c, image: short }] } }
            probes:
              - { pod: forced, phase: Failed, reason: NodeAffinity, message: Predicate NodeAffinity failed }
            steps:
              - { at: node/node-1, run: [sleep, "0.3"] }
              - kill: {{pod}}
            """);
        LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(2);

        Assert.Contains($"{file.Path}:11:5: {error}\n", lab.Errors, StringComparison.Ordinal);
        Assert.Contains("1 of 1 as expected, and then it failed", lab.Output, StringComparison.Ordinal);

        // What is the matter with it is still said.
        Assert.Contains("pod default/late: Unschedulable", lab.Output, StringComparison.Ordinal);
    }
}
