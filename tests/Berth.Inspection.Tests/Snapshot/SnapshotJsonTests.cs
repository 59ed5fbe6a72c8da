using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using NJsonSchema;

namespace Berth.Inspection.Tests.Snapshot;

public sealed class SnapshotJsonTests
{
    private static readonly string SchemaFile = Path.Combine(Repository.Root, "docs", "snapshot.schema.json");

    [Theory]
    [InlineData("", "")]
    [InlineData("null", "kind")]
    [InlineData("{}", "kind")]
    [InlineData("""{"kind":"BerthNodeSnapshot","version":2}""", "use a newer berth")]
    [InlineData("""{"kind":"BerthNodeSnapshot","version":1}""", "node")]
    [InlineData("""{"kind":"Pod","version":1}""", "kind")]
    public void What_is_no_snapshot_is_refused_with_the_reason(string text, string reason)
    {
        SnapshotException e = Assert.Throws<SnapshotException>(() => Read(text));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("links", "null", "links")]
    [InlineData("links", """{"status":"Present"}""", "links")]
    [InlineData("links", """{"status":"Present","value":null}""", "links")]
    [InlineData("links", """{"status":"Absent","value":[]}""", "links")]
    [InlineData("links", """{"status":"Perhaps","reason":"x"}""", "links")]
    [InlineData("links", """{"status":"1","value":[]}""", "links")]
    [InlineData("links", """{"status":"Present","value":[null]}""", "$.links.value[0]")]
    [InlineData("links", """{"status":"Present","value":[{}]}""", "name")]
    [InlineData("nfTables", """{"status":"Present","value":{"tables":[{"family":"Ip","name":"t","sets":[]}]}}""", "chains")]
    [InlineData("sysctls", """{"status":"Present","value":{"net.ipv4.ip_forward":null}}""", "ip_forward")]
    public void A_part_that_is_not_whole_is_refused_by_name(string part, string json, string named)
    {
        JsonNode node = JsonNode.Parse(Examples.Text)!;
        node[part] = JsonNode.Parse(json);
        SnapshotException e = Assert.Throws<SnapshotException>(() => Read(node.ToJsonString()));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_be_read_of_a_part_is_kept_when_the_rest_could_not()
    {
        NodeSnapshot node = Examples.Empty with
        {
            Processes = new Part<IReadOnlyList<ProcessState>>(
                PartStatus.Unreadable, [new(7, "agent", null, null, [4711])], "needs root: the files of 1 processes are not readable"),
        };

        using MemoryStream file = new();
        SnapshotJson.Write(file, node);
        file.Position = 0;
        NodeSnapshot read = SnapshotJson.Read(file);

        Assert.Equal(PartStatus.Unreadable, read.Processes.Status);
        Assert.Equal("agent", Assert.Single(read.Processes.Value!).Name);
    }

    [Fact]
    public void Keys_of_later_versions_of_the_format_are_passed_over()
    {
        JsonNode node = JsonNode.Parse(Examples.Text)!;
        node["news"] = new JsonObject { ["x"] = 1 };
        Assert.Equal("node-1", Read(node.ToJsonString()).Node.HostName);
    }

    [Fact]
    public void A_file_from_before_UDP_flows_and_programs_were_read_is_read()
    {
        JsonNode node = JsonNode.Parse(Examples.Text)!;
        node.AsObject().Remove("udpFlows");
        node.AsObject().Remove("queues");
        node.AsObject().Remove("programs");
        node.AsObject().Remove("ipsec");
        node.AsObject().Remove("ebtables");
        NodeSnapshot read = Read(node.ToJsonString());
        Assert.Equal((PartStatus.Absent, PartStatus.Absent), (read.UdpFlows.Status, read.Programs.Status));
        Assert.Equal((PartStatus.Absent, PartStatus.Absent), (read.Ipsec.Status, read.Ebtables.Status));
    }

    [Fact]
    public async Task The_schema_in_docs_is_that_of_the_records_and_a_real_snapshot_meets_it()
    {
        string generated = Schema().ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        if (Environment.GetEnvironmentVariable("BERTH_WRITE_SCHEMA") == "1")
        {
            File.WriteAllText(SchemaFile, generated);
        }

        Assert.Equal(File.ReadAllText(SchemaFile), generated);
        JsonSchema schema = await JsonSchema.FromJsonAsync(generated);
        using MemoryStream stream = new();
        SnapshotJson.Write(stream, NodeReader.Read(new NodeReaderOptions()));
        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(stream.ToArray())));
        Assert.Empty(schema.Validate(Examples.Text));
        Assert.NotEmpty(schema.Validate(Examples.Text.Replace("\"present\"", "\"perhaps\"", StringComparison.OrdinalIgnoreCase)));
    }

    private static JsonNode Schema()
    {
        JsonSchemaExporterOptions options = new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = static (context, schema) => context.TypeInfo.Type switch
            {
                Type type when type == typeof(System.Net.IPAddress) => Text("an IPv4 or IPv6 address"),
                Type type when type == typeof(NfTables.DataValue) || type == typeof(NfTables.DataValue?) => Text("bytes in hexadecimal"),
                Type type when type == typeof(ReadOnlyMemory<byte>) => Text("bytes in hexadecimal"),
                Type type when type == typeof(NfTables.Expression) => new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["name"] = Text("the kernel's name of its kind, such as \"payload\""),
                        ["attributes"] = Text("its netlink attributes (NFTA_*) in base64"),
                    },
                },
                Type type => WithoutRequired(schema, type),
            },
        };
        JsonNode node = SnapshotJsonContext.Default.NodeSnapshot.GetJsonSchemaAsNode(options);
        node["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        node["title"] = "NodeSnapshot, version 1";
        return node;
    }

    // What is null, zero or false is left out of a file.
    private static JsonNode WithoutRequired(JsonNode schema, Type type)
    {
        if (schema is JsonObject fields && type != typeof(NodeSnapshot))
        {
            fields.Remove("required");
        }

        return schema;
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static NodeSnapshot Read(string text)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text));
        return SnapshotJson.Read(stream);
    }
}
