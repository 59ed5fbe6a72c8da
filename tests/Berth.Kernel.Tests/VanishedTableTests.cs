using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Somebody deletes the table between ADD's reading it and its commit: ADD never says that it has made what is
/// not there.</summary>
public sealed class VanishedTableTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private static readonly PortMapping Before = new(8080, 80);

    // One that is there already, for what was read of it must not be believed once the table is gone, and one to commit.
    private static readonly PortMapping[] Web = [Before, new(8081, 80)];

    [Fact]
    public void An_ADD_that_succeeds_has_made_its_mapping()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Serve(80);
        other.Attachment.Add(new PortMapping(8082, 80)).Succeeded();
        web.Attachment.Add(Before).Succeeded();
        IReadOnlyList<SystemCall> sends =
            [.. SystemCall.Of(web.Attachment, a => a.Add(Web).Succeeded()).Where(c => c.Name is "sendto" or "sendmsg")];
        Assert.NotEmpty(sends);

        int vanished = 0;
        foreach (SystemCall send in sends)
        {
            web.Attachment.Del(Web).Succeeded();
            web.Attachment.Add(Before).Succeeded();
            other.Attachment.Add(new PortMapping(8082, 80)).Succeeded();

            PluginResult? result = null;
            Thread adding = new(() => result = send.Delay(web.Attachment, Pause).Add(Web));
            adding.Start();
            Thread.Sleep(Pause / 2);
            bool isGoneBefore = DeleteTableWithout8081(node);
            adding.Join();

            // A mapping that was made before the table went is gone with it, and no business of this ADD.
            if (isGoneBefore && result!.Output.ExitCode == 0)
            {
                vanished++;
                web.Attachment.Check(Web).Succeeded();
                Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
                Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8081).By);
            }
        }

        Assert.NotEqual(0, vanished);
    }

    // One transaction, which does nothing where the mapping is: nobody comes between looking and deleting.
    private static bool DeleteTableWithout8081(Node node) => Command.Run(
        node.NetnsPath, "nft", ["-f", "-"],
        """
        create element ip berth hostports { tcp . 8081 : 203.0.113.9 . 9 }
        delete table ip berth
        """).ExitCode == 0;
}
