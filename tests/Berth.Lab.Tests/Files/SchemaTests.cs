using NJsonSchema;

namespace Berth.Lab.Tests.Files;

/// <summary>The schema says the same as the reader.</summary>
public sealed class SchemaTests
{
    private const string Node = "nodes: [{ name: a }]\n";

    // A key that there is not, in each kind of map: the reader's complaint lists those that there are.
    [Theory]
    [InlineData("", "nodes: [{ name: a }]\nx: 1")]
    [InlineData("node", "nodes: [{ name: a, x: 1 }]")]
    [InlineData("network", Node + "network: { x: 1 }")]
    [InlineData("kubeProxy", Node + "kubeProxy: { x: 1 }")]
    [InlineData("portmap", Node + "portmap: { x: 1 }")]
    [InlineData("image", Node + "images: [{ image: a, runs: echo, x: 1 }]")]
    [InlineData("connection", Node + "probes: [{ from: outside, to: \"outside:1\", expect: a, x: 1 }]")]
    [InlineData("commandProbe", Node + "probes: [{ at: outside, run: [a], x: 1 }]")]
    [InlineData("capture", Node + "probes: [{ at: outside, captures: a, while: { from: outside, to: \"outside:1\", expect: a }, sees: true, x: 1 }]")]
    [InlineData("podProbe", Node + "manifests: [{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo }] } }]\nprobes: [{ pod: p, phase: Failed, x: 1 }]")]
    [InlineData("podCount", Node + "manifests: [{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo }] } }]\nprobes: [{ pods: p, phase: Failed, count: 1, x: 1 }]")]
    [InlineData("step", Node + "steps: [{ restart: kube-proxy, x: 1 }]")]
    [InlineData("rule", Node + "steps: [{ at: node/a, rule: { do: remove, chain: c, holding: h, x: 1 } }]")]
    public async Task It_knows_the_keys_that_the_reader_knows(string definition, string yaml)
    {
        JsonSchema schema = await Schema();
        JsonSchema part = definition.Length == 0 ? schema : schema.Definitions[definition];
        string error = Assert.Single(LabText.Errors(yaml));

        Assert.Contains("there is no such key", error, StringComparison.Ordinal);
        string[] known = error[(error.IndexOf("one of ", StringComparison.Ordinal) + "one of ".Length)..].Split(", ");
        Assert.Equal(known.Order(StringComparer.Ordinal), part.Properties.Keys.Order(StringComparer.Ordinal));
        Assert.NotEmpty(schema.Validate(LabText.ToJson(yaml)));
        Assert.Empty(schema.Validate(LabText.ToJson(yaml.Replace(", x: 1", "", StringComparison.Ordinal).Replace("x: 1", "", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("steps: [{ name: nothing }]")]
    [InlineData("steps: [{ restart: kube-proxy, kill: pod/p }]")]
    [InlineData("images: [{ image: a }]")]
    [InlineData("images: [{ image: a, runs: echo, command: [ls] }]")]
    public async Task It_refuses_what_is_neither_one_thing_nor_another_as_the_reader_does(string yaml)
    {
        Assert.NotEmpty(LabText.Errors(Node + yaml));
        Assert.NotEmpty((await Schema()).Validate(LabText.ToJson(Node + yaml)));
    }

    [Theory]
    [InlineData("probes: [{ from: outside, to: pod/p, expect: a }]")]
    [InlineData("probes: [{ from: outside, to: node/a, expect: a }]")]
    [InlineData("probes: [{ from: outside, to: \"outside:0\", expect: a }]")]
    [InlineData("probes: [{ from: outside, to: \"node/a:65536\", expect: a }]")]
    [InlineData("probes: [{ from: outside, to: \"service/s:100000\", expect: a }]")]
    [InlineData("images: [{ image: a, runs: echo, listens: [65536/tcp] }]")]
    [InlineData("images: [{ image: a, runs: echo, listens: [0/udp] }]")]
    [InlineData("network: { podCIDR: 10.244.0.0/24 }")]
    [InlineData("network: { serviceCIDR: 10.256.0.0/16 }")]
    [InlineData("network: { serviceCIDR: \"fd00::/16\" }")]
    [InlineData("network: { serviceCIDR: 0.0.0.0/16 }")]
    [InlineData("network: { serviceCIDR: 127.255.0.0/16 }")]
    [InlineData("network: { serviceCIDR: 192.0.0.0/16 }")]
    [InlineData("network: { podCIDR: 224.0.0.0/16 }")]
    [InlineData("network: { podCIDR: 240.0.0.0/16 }")]
    public async Task It_refuses_ports_and_networks_that_the_reader_refuses(string yaml)
    {
        Assert.NotEmpty(LabText.Errors(Node + yaml));
        Assert.NotEmpty((await Schema()).Validate(LabText.ToJson(Node + yaml)));
    }

    [Theory]
    [InlineData("probes: [{ from: outside, to: \"node/a:65535\", expect: a }]")]
    [InlineData("probes: [{ from: outside, to: \"outside:1\", expect: a }]")]
    [InlineData("probes: [{ from: outside, to: \"192.0.2.11:60000\", expect: a }]")]
    [InlineData("images: [{ image: a, runs: echo, listens: [9100/tcp, 65535/udp] }]")]
    [InlineData("network: { podCIDR: 10.0.0.0/16, serviceCIDR: 172.255.0.0/16 }")]
    [InlineData("network: { podCIDR: 192.1.0.0/16, serviceCIDR: 223.0.0.0/16 }")]
    public async Task It_accepts_ports_and_networks_that_the_reader_accepts(string yaml)
    {
        LabText.Lab(Node + yaml);
        Assert.Empty((await Schema()).Validate(LabText.ToJson(Node + yaml)));
    }

    private static Task<JsonSchema> Schema() => JsonSchema.FromFileAsync(
        Path.Combine(Repository.Root, "docs", "lab.schema.json"), TestContext.Current.CancellationToken);
}
