using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Fuzz.Tests;

/// <summary>Files that somebody hands over: each value in them may be anything, one after the other, and not by chance.</summary>
public sealed class ScalarSweepTests
{
    private static readonly string[] Values =
    [
        "null", "-1", "0", "65", "65536", "2147483647", "2147483648", "9223372036854775808", "1.5", "true", "[]", "{}", "\"\"", "\"eth0\"",
        "\"" + new string('x', 300) + "\"", "\"10.1.0.2\"", "\"fd00::1\"", "\"00\"", "\"\\ud800\"", "\"a\\nb\"",
    ];

    [Fact]
    public void Any_value_of_a_snapshot_is_read_or_refused_as_declared() => Sweep("walk-snapshot", 10, WalkGround.Questions.Length);

    [Fact]
    [Trait("tier", "slow")]
    public void Every_value_in_each_place_of_a_snapshot_is_read_or_refused_as_declared() => Sweep("walk-snapshot", 1, WalkGround.Questions.Length);

    [Theory]
    [InlineData("snapshot")]
    [InlineData("manifests-json")]
    [InlineData("cni-cache")]
    [InlineData("cni-configuration")]
    [InlineData("lint-baseline")]
    public void Any_value_of_another_file_is_read_or_refused_as_declared(string name) => Sweep(name, 3);

    // Of each place every so many of the values, beginning with another one at each.
    private static void Sweep(string name, int step, int questions = 1)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        int tried = 0;
        List<string> failures = [];
        foreach (byte[] seed in Seeds.Of(Checkout.Fuzz, target))
        {
            if (Parsed(seed) is not JsonNode root)
            {
                continue;
            }

            List<JsonNode> places = [.. Places(root)];
            for (int place = 0; place < places.Count; place++)
            {
                for (int value = place % step; value < Values.Length; value += step, tried++)
                {
                    string input = Replaced(root, place, Values[value]);
                    for (int question = 0; question < questions; question++)
                    {
                        // Which packet a target asks about hangs on the bytes.
                        if (Trial.RunSurely(target, Encoding.UTF8.GetBytes(input + new string(' ', question))) is Failure failure)
                        {
                            failures.Add($"{places[place].GetPath()} = {Values[value]}: {failure.Text}");
                        }
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} inputs");
        Assert.InRange(tried, 30, int.MaxValue);
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(5)));
    }

    private static JsonNode? Parsed(byte[] seed)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(seed);
            _ = Places(root).Count();
            return root;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException) // no JSON, or one name twice
        {
            return null;
        }
    }

    private static IEnumerable<JsonNode> Places(JsonNode? node) => node switch
    {
        JsonObject group => group.SelectMany(static member => Places(member.Value)),
        JsonArray list => list.SelectMany(Places),
        JsonNode scalar => [scalar],
        null => [],
    };

    private static string Replaced(JsonNode root, int place, string value)
    {
        JsonNode copy = root.DeepClone();
        JsonNode scalar = Places(copy).ElementAt(place);
        // A number that no type holds is one in a file all the same.
        const string Mark = "\"this one\"";
        scalar.ReplaceWith(JsonValue.Create("this one"));
        return copy.ToJsonString().Replace(Mark, value, StringComparison.Ordinal);
    }
}
