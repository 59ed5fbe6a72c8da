using System.Diagnostics;
using System.Globalization;

namespace Berth.Lab.Tests.Kernel;

/// <summary>A lab is made and removed while one waits for it.</summary>
[Collection(AloneCollection.Name)]
public sealed class LabSpeedTests
{
    [Fact]
    public void Three_nodes_and_ten_pods_come_and_go_in_less_than_five_seconds()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }, { name: node-2 }, { name: node-3 }]
            manifests:
              - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 7, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }] }] } } } }
              - { apiVersion: apps/v1, kind: DaemonSet, metadata: { name: edge }, spec: { template: { spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } } } }
              - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }
            probes:
              - { from: outside, to: "node/node-3:80", expect: edge-3 }
              - { from: pod/web-1, to: service/web, expect: [web-1, web-2, web-3, web-4, web-5, web-6, web-7] }
            """);

        // The best of a few: others use the machine too.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && best > TimeSpan.FromSeconds(5); i++)
        {
            Stopwatch elapsed = Stopwatch.StartNew();
            LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(0);
            best = elapsed.Elapsed < best ? elapsed.Elapsed : best;
            Assert.Contains("(3 nodes, 10 pods, ", lab.Output, StringComparison.Ordinal);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{best.TotalSeconds:F2} s");
        double load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) / Environment.ProcessorCount;
        Assert.SkipWhen(best > TimeSpan.FromSeconds(5) && load > 4, $"{best}, while {load:F0} others wait for each processor");
        Assert.True(best < TimeSpan.FromSeconds(5), $"{best}");
    }
}
