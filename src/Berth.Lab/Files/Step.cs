using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Something that is done to the cluster, and what must be seen after it.</summary>
/// <param name="Title">What the file calls it; null when it does not.</param>
/// <param name="At">Where it stands.</param>
internal abstract record Step(string? Title, Location At)
{
    public IReadOnlyList<Probe> Probes { get; init; } = [];

    /// <summary>What it does, in words.</summary>
    public abstract string Describe();
}

/// <summary>Applies manifests.</summary>
internal sealed record ApplyStep(string? Title, Location At, IReadOnlyList<KubernetesObject> Objects) : Step(Title, At)
{
    public override string Describe() => $"apply {string.Join(", ", Objects)}";
}

/// <summary>An object of the cluster by kind and name.</summary>
internal sealed record ObjectReference(string Kind, string Namespace, string Name, Location At)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}

/// <summary>Deletes objects.</summary>
internal sealed record DeleteStep(string? Title, Location At, IReadOnlyList<ObjectReference> Objects) : Step(Title, At)
{
    public override string Describe() => $"delete {string.Join(", ", Objects)}";
}

/// <summary>kube-proxy stops and starts again; in another mode, what the former made goes first.</summary>
/// <param name="Title">What the file calls it.</param>
/// <param name="At">Where it stands.</param>
/// <param name="On">The nodes; none for all.</param>
/// <param name="Mode">The mode in which it starts; null for the one that it had.</param>
internal sealed record RestartKubeProxyStep(
    string? Title, Location At, IReadOnlyList<PlaceReference> On, KubeProxyEntry? Mode) : Step(Title, At)
{
    public override string Describe()
    {
        string where = On.Count == 0 ? "" : $" on {string.Join(", ", On)}";
        return $"restart kube-proxy{where}{(Mode is null ? "" : $" in mode {Mode}")}";
    }
}

/// <summary>The processes of a pod end, and nobody starts them again.</summary>
internal sealed record KillStep(string? Title, Location At, PlaceReference Pod) : Step(Title, At)
{
    public override string Describe() => $"kill the processes of {Pod}";
}

/// <summary>Runs a command.</summary>
internal sealed record CommandStep(string? Title, Location At, PlaceReference On, IReadOnlyList<string> Command) : Step(Title, At)
{
    public override string Describe() => $"run {string.Join(' ', Command)} on {On}";
}

/// <summary>What is done to a rule.</summary>
internal enum RuleChange
{
    Remove,
    MoveToFront,
    MoveToEnd,
}

/// <summary>Removes or moves the rules of a chain that hold a text.</summary>
/// <param name="Title">What the file calls it.</param>
/// <param name="At">Where it stands.</param>
/// <param name="On">The node.</param>
/// <param name="Change">What is done.</param>
/// <param name="Program"><c>iptables</c>, <c>iptables-legacy</c> or <c>nft</c>.</param>
/// <param name="Table">The table: of nft with its family, such as <c>ip kube-proxy</c>.</param>
/// <param name="Chain">The chain; <c>*</c> at its end stands for anything.</param>
/// <param name="Holding">What the rule's text holds.</param>
internal sealed record RuleStep(
    string? Title, Location At, PlaceReference On, RuleChange Change, string Program, string Table, string Chain, string Holding)
    : Step(Title, At)
{
    public override string Describe()
    {
        string what = $"the rule of {Program} {Table} {Chain} that holds \"{Holding}\" on {On}";
        return Change switch
        {
            RuleChange.Remove => $"remove {what}",
            RuleChange.MoveToFront => $"move {what} to the front",
            _ => $"move {what} to the end",
        };
    }
}
