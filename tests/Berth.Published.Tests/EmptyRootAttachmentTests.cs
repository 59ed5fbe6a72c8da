namespace Berth.Published.Tests;

/// <summary>A whole life of an attachment, where only <c>/proc</c> and an empty <c>/run</c> are mounted.</summary>
public sealed class EmptyRootAttachmentTests : IDisposable
{
    private const string Node = """
        root=$1
        export CNI_CONTAINERID=pod-1 CNI_NETNS=/netns CNI_IFNAME=eth0 CNI_PATH=/
        ip link set lo up
        ip link add cni0 type veth peer name pod
        ip addr add 10.1.0.1/24 dev cni0
        ip link set cni0 up
        mkdir "$root/proc" "$root/run"
        mount -n -t proc proc "$root/proc"
        mount -n -t tmpfs run "$root/run"
        touch "$root/netns"
        unshare --net="$root/netns" true

        portmap() {
            CNI_COMMAND=$1 chroot "$root" /portmap <<CONF
        { "cniVersion": "1.0.0", "name": "podnet", "type": "portmap",
          "runtimeConfig": { "portMappings": [ { "hostPort": 8080, "containerPort": 80, "protocol": "tcp" } ] },
          "prevResult": { "cniVersion": "1.0.0",
            "interfaces": [ { "name": "cni0" }, { "name": "eth0", "sandbox": "/netns" } ],
            "ips": [ { "interface": 1, "address": "10.1.0.5/24", "gateway": "10.1.0.1" } ] } }
        CONF
        }

        """;

    private readonly EmptyRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Add_makes_the_mapping_and_prints_the_result_that_it_was_given()
    {
        ShellCommand run = _root.Script(Node + "portmap ADD; nft list table ip berth");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("10.1.0.5/24", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"tcp \. 8080.* : 10\.1\.0\.5 \. 80", run.Output);
    }

    [Fact]
    public void Check_is_content_after_add()
    {
        ShellCommand content = _root.Script(Node + "portmap ADD >/dev/null; portmap CHECK");
        Assert.Equal((0, "", ""), (content.ExitCode, content.Output, content.Error));
    }

    [Fact]
    public void Check_fails_when_the_mapping_was_taken_away()
    {
        ShellCommand gone = _root.Script(
            Node + "portmap ADD >/dev/null; nft flush map ip berth hostports; portmap CHECK");

        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("\"msg\"", gone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Del_leaves_no_element_and_the_sysctl_as_it_was()
    {
        ShellCommand run = _root.Script(Node + """
            sysctl=/proc/sys/net/ipv4/conf/cni0/route_localnet
            portmap ADD >/dev/null
            echo "during: $(cat $sysctl)"
            portmap DEL
            echo "after: $(cat $sysctl)"
            nft list table ip berth
            """);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("during: 1\nafter: 0\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("map hostports", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("elements", run.Output, StringComparison.Ordinal);
    }
}
