using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Other owners' tables are never touched, and what they do meanwhile makes no call fail.</summary>
public sealed class ForeignTablesTests
{
    private const string Foreign = """
        table ip kube-proxy {
            comment "another owner's"
            map nodeports {
                type inet_proto . inet_service : verdict
                elements = { tcp . 30080 : goto endpoint }
            }
            chain endpoint {
                counter meta l4proto tcp dnat to 10.9.9.9:80
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local meta l4proto . th dport vmap @nodeports comment "by hand"
            }
        }
        table inet firewall {
            set blocked {
                type ipv4_addr
                flags interval
                elements = { 203.0.113.0/24 }
            }
            chain input {
                type filter hook input priority filter; policy accept;
                ip saddr @blocked drop
            }
        }
        table ip6 other {
            chain hostport {
                tcp dport 8080 accept
            }
            map hostports {
                type inet_proto . inet_service : ipv6_addr . inet_service
                elements = { tcp . 8080 comment "not the plugin's" : fd00::9 . 80 }
            }
        }
        """;

    [Fact]
    public void They_are_the_same_to_the_byte_and_handle_after_every_verb()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        node.NftApply(Foreign);
        string before = node.Nft("-a", "list", "ruleset");
        PortMapping mapping = new(8080, 80);

        web.Attachment.Add(mapping).Succeeded();
        Assert.Equal(before, ForeignPart(node));
        web.Attachment.Add(mapping).Succeeded();
        web.Attachment.Check(mapping).Succeeded();
        Assert.Equal(before, ForeignPart(node));
        web.Attachment.Del(mapping).Succeeded();
        web.Attachment.Del().Succeeded();
        Assert.Equal(before, ForeignPart(node));
        web.Attachment.Gc().Succeeded();
        Assert.Equal(before, ForeignPart(node));
    }

    [Fact]
    [Trait("machine", "full-speed")]
    public void Calls_succeed_while_another_owner_commits_at_full_speed()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = new(8080, 80);
        node.NftApply("table inet busy {\n set numbers {\n type inet_service\n }\n }");
        using BusyOwner busy = new(node);

        for (int i = 0; i < 15; i++)
        {
            web.Attachment.Add(mapping).Succeeded();
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
            web.Attachment.Del(mapping).Succeeded();
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        }

        Assert.True(busy.Commits > 100, $"only {busy.Commits} commits");
    }

    [Fact]
    [Trait("machine", "full-speed")]
    public void Calls_for_different_pods_at_the_same_time_all_succeed()
    {
        using Node node = new();
        Pod[] pods = [.. Enumerable.Range(0, 8).Select(i => node.AddPod($"pod{i}"))];
        foreach (Pod pod in pods)
        {
            pod.Serve(80);
        }

        AtOnce(pods, (pod, i) => pod.Attachment.Add(new PortMapping(8080 + i, 80)).Succeeded());
        for (int i = 0; i < pods.Length; i++)
        {
            Assert.Equal(pods[i].Name, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080 + i).By);
            Assert.Equal(pods[i].Name, node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080 + i).By);
        }

        AtOnce(pods, (pod, i) => pod.Attachment.Del(new PortMapping(8080 + i, 80)).Succeeded());
        for (int i = 0; i < pods.Length; i++)
        {
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080 + i));
        }

        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    private static void AtOnce(Pod[] pods, Action<Pod, int> act)
    {
        Exception?[] failures = new Exception?[pods.Length];
        Thread[] threads = [.. pods.Select((pod, i) => new Thread(() => failures[i] = Record.Exception(() => act(pod, i))))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.All(failures, Assert.Null);
    }

    private static string ForeignPart(Node node) => string.Concat(
        node.Nft("-a", "list", "table", "ip", "kube-proxy"),
        node.Nft("-a", "list", "table", "inet", "firewall"),
        node.Nft("-a", "list", "table", "ip6", "other"));

    /// <summary>An <c>nft -i</c> that changes a table of its own, a transaction a line, as fast as it can.</summary>
    private sealed class BusyOwner : IDisposable
    {
        private readonly Process _nft;
        private readonly Thread _writer;
        private volatile bool _stopped;

        internal BusyOwner(Host node)
        {
            _nft = Process.Start(new ProcessStartInfo("nsenter", ["--net=" + node.NetnsPath, "--", "nft", "-i"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            _writer = new Thread(Write);
            _writer.Start();
            new Thread(() => _nft.StandardOutput.ReadToEnd()) { IsBackground = true }.Start();
        }

        internal int Commits { get; private set; }

        public void Dispose()
        {
            _stopped = true;
            _writer.Join();
            _nft.StandardInput.Close();
            _nft.WaitForExit();
            _nft.Dispose();
        }

        private void Write()
        {
            while (!_stopped)
            {
                _nft.StandardInput.WriteLine("add element inet busy numbers { 1 }");
                _nft.StandardInput.WriteLine("delete element inet busy numbers { 1 }");
                _nft.StandardInput.Flush();
                Commits += 2;
            }
        }
    }
}
