using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Reference;

/// <summary>docs/install.md on a node with running pods: there and back, by the page's own commands.</summary>
public sealed class InstallTests : IDisposable
{
    private const string Page = "docs/install.md";
    private const string Installed = "/opt/cni/bin/portmap";

    // Whoever runs the tests has a file system of their own, and this directory for the time of the test.
    private readonly DirectoryInfo _checkout = Directory.CreateTempSubdirectory("berth-checkout-");

    public InstallTests()
    {
        Shell(null, "mkdir -p /opt && mount -t tmpfs tmpfs /opt && mkdir -p /opt/cni/bin");
        Directory.CreateDirectory(Path.Combine(_checkout.FullName, "out/publish"));
        Directory.CreateDirectory(Path.Combine(_checkout.FullName, "eng"));
        File.Copy(Portmap.Program, Path.Combine(_checkout.FullName, "out/publish/portmap"));

        // The build itself is ./test's.
        File.WriteAllText(Path.Combine(_checkout.FullName, "eng/publish"), "#!/bin/sh\ntest -x $1/portmap\n");
        File.SetUnixFileMode(Path.Combine(_checkout.FullName, "eng/publish"), (UnixFileMode)0b111_101_101);
    }

    public void Dispose()
    {
        Shell(null, "umount /opt");
        _checkout.Delete(recursive: true);
    }

    [Fact]
    public void There_and_back_on_a_node_with_running_pods()
    {
        File.Copy(ReferencePortmap.Program, Installed);
        using Node node = new();
        Pod[] pods = [.. ((string[])["nft-del", "ipt-del", "nft-stays", "ipt-stays", "berth", "berth-stays", "after-nft", "after-ipt"]).Select(node.AddPod)];
        Attachment[] attachments =
        [
            .. pods.Select((pod, i) => pod.Attachment with { Program = Installed, HasBackend = true }),
        ];
        for (int i = 0; i < pods.Length; i++)
        {
            pods[i].Serve(80);
            bool isIptables = pods[i].Name.Contains("ipt", StringComparison.Ordinal);
            attachments[i] = isIptables ? attachments[i].On(Toolset.Nft) with { Program = Installed } : attachments[i];
        }

        Add(0, 1, 2, 3);
        AssertAnswers(0, 1, 2, 3);

        // There: everybody stays reachable; new pods are Berth's; old ones are torn down by it.
        Shell(node, Document.Commands(Page, "in"));
        Assert.Equal("", Shell(node, Document.Commands(Page, "check")));
        AssertAnswers(0, 1, 2, 3);
        Add(4, 5);
        AssertAnswers(0, 1, 2, 3, 4, 5);
        Assert.Contains("ip berth", Tables.All(node));
        Delete(0, 1, 4);
        AssertAnswers(2, 3, 5);
        Assert.Empty(node.ReferenceRules(attachments[0]));

        // And back: what the reference made is untouched, nothing of Berth's is left, and the reference serves.
        Shell(node, Document.Commands(Page, "out"));
        Assert.Equal(File.ReadAllBytes(ReferencePortmap.Program), File.ReadAllBytes(Installed));
        Assert.DoesNotContain(Tables.All(node), static table => table.Contains("berth", StringComparison.Ordinal));
        AssertAnswers(2, 3);
        Add(6, 7);
        attachments[5].Add(new PortMapping(8005, 80)).Succeeded();
        AssertAnswers(2, 3, 5, 6, 7);
        Delete(2, 3, 5, 6, 7);
        AssertAnswers();

        void Add(params int[] which) =>
            Array.ForEach(which, i => attachments[i].Add(new PortMapping(8000 + i, 80)).Succeeded());

        void Delete(params int[] which) =>
            Array.ForEach(which, i => attachments[i].Del(new PortMapping(8000 + i, 80)).Succeeded());

        void AssertAnswers(params int[] which)
        {
            foreach (Family family in Enum.GetValues<Family>())
            {
                for (int i = 0; i < pods.Length; i++)
                {
                    string expected = which.Contains(i) ? pods[i].Name : Answer.Refused.By;
                    Assert.Equal(expected, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8000 + i).By);
                }
            }
        }
    }

    // In the tests' own mount namespace, so that what one block mounts or moves is there for the next.
    private string Shell(Node? node, string commands) => Command.Run(
        node?.NetnsPath ?? "/proc/self/ns/net", "sh", ["-ec", $"cd {_checkout.FullName}\n{commands}"]).Succeeded(commands);
}
