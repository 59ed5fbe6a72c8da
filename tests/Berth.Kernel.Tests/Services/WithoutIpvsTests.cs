using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>A node whose kernel has not loaded IPVS.</summary>
public sealed class WithoutIpvsTests
{
    private static readonly PortMapping Port = new(8080, 80);

    [Fact]
    public void Nobody_asks_for_it_which_would_load_it()
    {
        Assert.SkipWhen(File.Exists("/proc/thread-self/net/ip_vs"), "this kernel has loaded IPVS");
        using Node node = new();
        Pod web = node.AddPod("web");
        string file = Path.GetTempFileName();
        Attachment traced = web.Attachment with
        {
            Under = ["strace", "-f", "-A", "-o", file, "-e", "trace=socket", "--"],
        };
        try
        {
            traced.Add(Port).Succeeded();
            traced.Check(Port).Succeeded();
            traced.Gc(traced).Succeeded();
            traced.Del(Port).Succeeded();

            string sockets = File.ReadAllText(file);
            Assert.Contains("NETLINK_NETFILTER", sockets, StringComparison.Ordinal);
            Assert.DoesNotContain("NETLINK_GENERIC", sockets, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
