using FsCheck;
using FsCheck.Fluent;

namespace Berth.Manifests.Tests.Checks;

public sealed class NodeConstraintTests
{
    [Theory]
    [InlineData("{}", "{}", true)]
    [InlineData("{nodeSelector: {role: edge}}", "{}", true)]
    [InlineData("{nodeSelector: {role: edge}}", "{nodeSelector: {zone: a}}", true)]
    [InlineData("{nodeSelector: {role: edge}}", "{nodeSelector: {role: core}}", false)]
    [InlineData("{nodeName: n1}", "{nodeName: n2}", false)]
    [InlineData("{nodeName: n1}", "{nodeSelector: {kubernetes.io/hostname: n2}}", false)]
    [InlineData("{nodeName: n1}", "{nodeSelector: {kubernetes.io/hostname: n1}}", true)]
    [InlineData("{nodeSelector: {role: edge}}", "{affinity: role NotIn edge}", false)]
    [InlineData("{nodeSelector: {role: edge}}", "{affinity: role DoesNotExist}", false)]
    [InlineData("{affinity: role Exists}", "{affinity: role DoesNotExist}", false)]
    [InlineData("{affinity: role NotIn edge}", "{affinity: role DoesNotExist}", true)]
    [InlineData("{affinity: role In edge core}", "{affinity: role In core}", true)]
    [InlineData("{affinity: role In edge}", "{affinity: role In core | role In edge}", true)]
    [InlineData("{affinity: cores Gt 4}", "{affinity: cores Lt 5}", false)]
    [InlineData("{affinity: cores Gt 4}", "{affinity: cores Lt 6}", true)]
    [InlineData("{affinity: cores Gt 4}", "{affinity: cores NotIn 5 6 7}", true)]
    [InlineData("{affinity: nothing}", "{}", false)]
    public void Demands_meet_or_contradict_each_other(string one, string two, bool meet)
    {
        Assert.Equal(meet, Constraint(one).CanMeet(Constraint(two)));
        Assert.Equal(meet, Constraint(two).CanMeet(Constraint(one)));
    }

    [Fact]
    public void A_demand_can_hold_exactly_when_some_value_or_none_satisfies_it()
    {
        // Small numbers and a word: between them every operator has a border.
        string?[] universe = [null, "word", "other", .. Enumerable.Range(-3, 14).Select(static number => $"{number}")];
        Gen<SelectorRequirement> requirement =
            from name in Gen.Elements("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
            from values in Gen.NonEmptyListOf(Gen.Elements("word", "0", "1", "2", "3"))
            select new SelectorRequirement(
                "key",
                name,
                name is "Gt" or "Lt" ? [values[0]] : name is "Exists" or "DoesNotExist" ? [] : [.. values.Take(3)],
                new Location("test", 1, 1));

        Prop.ForAll(
            Gen.ListOf(requirement).Select(static list => list.Take(4).ToList()).ToArbitrary(),
            demands => LabelDemand.CanHold(demands) == universe.Any(value => demands.TrueForAll(demand => demand.Matches(value))))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{nodeName: n1}", 1)]
    [InlineData("{nodeSelector: {kubernetes.io/hostname: n1}}", 1)]
    [InlineData("{affinity: kubernetes.io/hostname In n1 n2}", 2)]
    [InlineData("{affinity: kubernetes.io/hostname In n1 | role In edge}", null)]
    public void Names_bound_the_number_of_nodes(string pod, int? nodes) => Assert.Equal(nodes, Constraint(pod).MostNodes);

    // {affinity: KEY OPERATOR VALUES | ...} for short; all else as in a manifest.
    private static NodeConstraint Constraint(string pod)
    {
        const string Short = "{affinity: ";
        string fields = pod.StartsWith(Short, StringComparison.Ordinal)
            ? $"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{Terms(pod[Short.Length..^1])}]}}}}}}"
            : pod[1..^1];
        Workload workload = ManifestText.Single<Workload>($"kind: Pod\nmetadata: {{name: p}}\nspec: {{{fields}}}\n");
        return NodeConstraint.Of(workload.Template.Spec);
    }

    private static string Terms(string text) => text == "nothing" ? "{}" : string.Join(", ", text.Split(" | ").Select(static term =>
    {
        string[] words = term.Split(' ');
        string values = string.Join(", ", words[2..].Select(static word => $"\"{word}\""));
        return $"{{matchExpressions: [{{key: {words[0]}, operator: {words[1]}, values: [{values}]}}]}}";
    }));
}
