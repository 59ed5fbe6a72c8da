using System.Text;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Hostile;

/// <summary>Whatever stands in the environment: an error of the protocol that names the variable and changes nothing, or a
/// mapping like any other, whose text nothing can break out of.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class HostileEnvironmentTests
{
    private const string Escapes = "\u001b]0;x\u0007\u001b[2J";

    private static readonly PortMapping Web = new(8080, 80);

    [Theory]
    [InlineData("ADD", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH")]
    [InlineData("CHECK", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH")]
    [InlineData("DEL", "CNI_CONTAINERID", "CNI_IFNAME", "CNI_PATH")]
    [InlineData("GC", "CNI_PATH")]
    [InlineData("STATUS", "CNI_PATH")]
    public void A_variable_that_is_missing_is_named(string verb, params string[] variables)
    {
        using Node node = new();
        string before = NodeState.Of(node);
        foreach (string variable in variables)
        {
            Dictionary<string, string> environment = RawCall.Environment(verb);
            environment.Remove(variable);
            RawCall.Run(node, "{}"u8.ToArray(), environment).Refused(verb, variable);
        }

        RawCall.Run(node, "{}"u8.ToArray(), new Dictionary<string, string> { ["CNI_COMMAND"] = verb }).Refused(verb, variables);
        Assert.Equal(before, NodeState.Of(node));
    }

    [Theory]
    [InlineData("CNI_CONTAINERID", "../../etc/passwd")]
    [InlineData("CNI_CONTAINERID", "a b")]
    [InlineData("CNI_CONTAINERID", "a\nb")]
    [InlineData("CNI_CONTAINERID", "a\"}; flush ruleset; #")]
    [InlineData("CNI_CONTAINERID", Escapes)]
    [InlineData("CNI_CONTAINERID", "a\u202eb")]
    [InlineData("CNI_IFNAME", "a/../b")]
    [InlineData("CNI_IFNAME", "..")]
    [InlineData("CNI_IFNAME", "a:b")]
    [InlineData("CNI_IFNAME", "a\nb")]
    [InlineData("CNI_IFNAME", "sixteen-letters-")]
    [InlineData("CNI_COMMAND", "add")]
    [InlineData("CNI_COMMAND", Escapes)]
    public void A_value_that_no_name_may_have_is_refused_and_its_variable_named(string variable, string value)
    {
        using Node node = new();
        string before = NodeState.Of(node);
        foreach (string verb in (string[])["ADD", "DEL", "CHECK"])
        {
            Dictionary<string, string> environment = RawCall.Environment(verb);
            environment[variable] = value;
            RawCall.Run(node, """{"cniVersion":"1.0.0","name":"podnet"}"""u8.ToArray(), environment).Refused(verb, variable);
        }

        Assert.Equal(before, NodeState.Of(node));
    }

    [Theory]
    [InlineData("\\377\\376")]
    [InlineData("a\\300\\200b")]
    public void Bytes_that_are_not_UTF_8_are_refused_too(string octal)
    {
        using Node node = new();
        string before = NodeState.Of(node);

        RawCall.Run(
            node, """{"cniVersion":"1.0.0","name":"podnet"}"""u8.ToArray(), RawCall.Environment("ADD"),
            ["sh", "-c", $"export CNI_CONTAINERID=$(printf '{octal}'); exec {Portmap.Program}"]).Refused(octal, "CNI_CONTAINERID");

        Assert.Equal(before, NodeState.Of(node));
    }

    public static TheoryData<string> HostileArgs { get; } =
    [
        "K8S_POD_NAMESPACE=prod;K8S_POD_NAME=\"; flush ruleset; #",
        "K8S_POD_NAMESPACE=\\\";K8S_POD_NAME=$(reboot)",
        "K8S_POD_NAMESPACE=" + Escapes + ";K8S_POD_NAME=" + Escapes,
        "K8S_POD_NAMESPACE=a\nb;K8S_POD_NAME=c\r\nd",
        "K8S_POD_NAMESPACE=a\u202eb;K8S_POD_NAME=\u2066x\u0085",
        "K8S_POD_NAMESPACE=../../..;K8S_POD_NAME=/etc/passwd",
        ";;;=;=x;K8S_POD_NAME;K8S_POD_NAME==;",
    ];

    [Theory]
    [MemberData(nameof(HostileArgs))]
    public void Names_in_CNI_ARGS_break_out_of_nothing(string args)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment attachment = web.Attachment with { Args = args };

        attachment.Add(Web).Succeeded();

        string listing = node.Nft("list", "ruleset");
        Assert.DoesNotContain(listing, static c => char.IsControl(c) && c is not ('\n' or '\t'));
        Assert.True(Ascii.IsValid(listing));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);

        attachment.Del(Web).Succeeded();
        Assert.Empty(Tables.Elements(node));
    }

    /// <summary>A listing is text that people save and load again.</summary>
    [Theory]
    [MemberData(nameof(HostileArgs))]
    public void Nor_do_they_when_a_listing_of_them_is_loaded_again(string args)
    {
        using Node node = new();
        Assert.SkipUnless(ConcatenatedRanges.AreLoaded(node), ConcatenatedRanges.Refused);
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment attachment = web.Attachment with { Args = args };
        attachment.Add(Web).Succeeded();

        node.NftApply("flush ruleset\n" + node.Nft("list", "ruleset"));

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        attachment.Del(Web).Succeeded();
        Assert.Empty(Tables.Elements(node));
    }

    [Fact]
    public void Names_as_long_as_the_environment_can_be_are_no_danger()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Attachment attachment = web.Attachment with
        {
            Args = $"K8S_POD_NAMESPACE={new string('n', 50_000)};K8S_POD_NAME={new string('p', 50_000)}",
            ContainerId = new string('c', 100_000),
        };

        attachment.Add(Web).Succeeded();
        attachment.Check(Web).Succeeded();
        attachment.Del(Web).Succeeded();

        Assert.Empty(Tables.Elements(node));
    }

    [Theory]
    [InlineData("/nonexistent/../nonexistent")]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData("/dev/zero")]
    [InlineData("FIFO")]
    [InlineData("\u001b[31m\n\"; flush ruleset")]
    public void A_path_in_CNI_NETNS_is_looked_at_and_never_opened_on_either_backend(string path)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        if (path == "FIFO")
        {
            path = $"/run/fifo-{node.Id}";
            Command.Run(node.NetnsPath, "mkfifo", [path]).Succeeded("mkfifo");
        }

        Attachment sound = web.Attachment;
        foreach (Attachment attachment in (Attachment[])[sound, sound.On(Toolset.Nft), sound.On(Toolset.Legacy)])
        {
            // The rules are those of any other pod: nothing of the path is in them.
            attachment.Add(Web).Succeeded();
            string with = Rules(node);
            attachment.Del(Web).Succeeded();

            PluginResult hostile = (attachment with { NetnsPath = path }).Add(Web).Succeeded();

            Assert.Equal(with, Rules(node));
            Assert.DoesNotContain(hostile.Output.Stdout + hostile.Output.Stderr, static c => char.IsControl(c) && c is not '\n');
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
            (attachment with { NetnsPath = path }).Del(Web).Succeeded();
            Assert.DoesNotContain("8080", Rules(node), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/nonexistent")]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/zero")]
    [InlineData("\u001b[31m\n\"; flush ruleset")]
    public void The_reference_takes_such_a_path_too(string path)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment with { NetnsPath = path, Program = ReferencePortmap.Program };

        web.Add(Web).Succeeded();

        Assert.Contains("8080", node.Nft("list", "ruleset"), StringComparison.Ordinal);
    }

    // But for how many changes there were.
    private static string Rules(Node node) => NodeState.Of(node).Split('\n', 2)[1];

    [Fact]
    public void The_nodes_own_namespace_is_refused_and_nothing_changed()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        string before = NodeState.Of(node);

        PluginResult result = (web.Attachment with { NetnsPath = node.NetnsPath }).Add(Web).Failed();

        Assert.Equal(8, result.ErrorCode);
        Assert.Equal(before, NodeState.Of(node));
    }
}
