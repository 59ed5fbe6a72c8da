using System.Text.Json;

namespace Berth.Cli.Tests.Lint;

public sealed class SarifTests
{
    private const string Multitool = "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";

    // Everything that can be in it: two severities, another object, a suppressed finding, a document that is broken.
    private const string Manifests = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: a}
        spec:
          template: {spec: {containers: [{name: c, ports: [{hostPort: 30080, containerPort: 80}]}]}}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: b, annotations: {berth.dev/lint-ignore: "node-port-range: the range here is another"}}
        spec:
          template: {spec: {containers: [{name: c, ports: [{hostPort: 30080, containerPort: 80}]}]}}
        ---
        kind: [
        """;

    [Fact]
    public void Results_name_rule_place_object_and_reason()
    {
        using JsonDocument sarif = JsonDocument.Parse(Sarif());
        JsonElement run = sarif.RootElement.GetProperty("runs")[0];
        JsonElement rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];

        Assert.Equal("2.1.0", sarif.RootElement.GetProperty("version").GetString());
        Assert.Equal(["node-port-range", "host-port-collision", "node-port-range"], results.Select(static result => result.GetProperty("ruleId").GetString()));
        Assert.All(results, result => Assert.Equal(
            result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        JsonElement region = results[1].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region");
        Assert.Equal((11, 63), (region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32()));
        Assert.Equal("DaemonSet default/a claims TCP 30080 too", results[1].GetProperty("relatedLocations")[0].GetProperty("message").GetProperty("text").GetString());
        Assert.Equal("the range here is another", results[2].GetProperty("suppressions")[0].GetProperty("justification").GetString());
        JsonElement invocation = run.GetProperty("invocations")[0];
        Assert.False(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.Equal(1, invocation.GetProperty("toolExecutionNotifications").GetArrayLength());
    }

    [Theory]
    [InlineData("deploy/a b.yaml", "deploy/a%20b.yaml")]
    [InlineData("./deploy/ä#1.yaml", "deploy/%C3%A4%231.yaml")]
    [InlineData("/srv/a.yaml", "file:///srv/a.yaml")]
    [InlineData("<stdin>", "stdin")]
    public void Files_are_uris(string file, string uri) => Assert.Equal(uri, Rendering.SarifLocation.UriOf(file));

    [Fact]
    [Trait("tier", "slow")]
    public void The_schema_and_the_judge_of_the_format_find_nothing_wrong_and_would_find_it()
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-sarif-");
        try
        {
            Install(place.FullName);

            Assert.Equal("", Judged(place.FullName, Sarif()));
            Assert.Contains("startLine must be integer", Judged(
                place.FullName, Sarif().Replace("\"startLine\": 11", "\"startLine\": \"11\"", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.Contains("SARIF1009", Judged(
                place.FullName, Sarif().Replace("\"ruleIndex\": ", "\"ruleIndex\": 99", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    // The multitool brings the schema and knows the rules that no schema can say; it does not hold a file against the schema.
    private static void Install(string place)
    {
        ShellCommand npm = ShellCommand.Run("sh", ["-c",
            $"cd '{place}' && npm install --no-audit --no-fund --prefix '{place}' @microsoft/sarif-multitool@5 ajv@8 ajv-formats@3"]);
        string tool = Path.Combine(place, Multitool);
        if (npm.ExitCode != 0 || !File.Exists(tool))
        {
            Assert.Skip($"npm cannot install the judge: {npm.Error.Split('\n')[0]}");
        }

        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(place, "validate.js"), """
            const Ajv = require('ajv/dist/2020'), formats = require('ajv-formats'), fs = require('fs');
            const ajv = new Ajv({ strict: false, allErrors: true });
            formats(ajv);
            const validate = ajv.compile(JSON.parse(fs.readFileSync(process.argv[2])));
            if (!validate(JSON.parse(fs.readFileSync(process.argv[3])))) console.log(ajv.errorsText(validate.errors));
            """);
    }

    // What both of them call an error.
    private static string Judged(string place, string sarif)
    {
        string file = Path.Combine(place, "lint.sarif");
        File.WriteAllText(file, sarif);
        ShellCommand schema = ShellCommand.Run("node", [
            Path.Combine(place, "validate.js"), Path.Combine(place, Path.GetDirectoryName(Multitool)!, "sarif-2.1.0.json"), file]);
        // It is built for an older runtime than the one at hand.
        ShellCommand rules = ShellCommand.Run("sh", ["-c", $"DOTNET_ROLL_FORWARD=Major '{Path.Combine(place, Multitool)}' validate '{file}'"]);
        Assert.Contains("1 files scanned", rules.Output, StringComparison.Ordinal);
        Assert.Equal("", schema.Error);
        return schema.Output + string.Join('\n', rules.Output.Split('\n').Where(static line => line.Contains(": error ", StringComparison.Ordinal)));
    }

    private static string Sarif() => CommandRun.WithInput(Manifests, "lint", "-o", "sarif", "-").Output;
}
