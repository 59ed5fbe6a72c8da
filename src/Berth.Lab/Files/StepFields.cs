using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Reads steps. Which kind one is shows by its key.</summary>
internal static class StepFields
{
    private static readonly string[] Kinds = ["apply", "delete", "restart", "kill", "rule", "run"];

    // What can be deleted.
    private static readonly string[] Deletable =
    [
        "Pod", "Service", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob", "ReplicationController", "NetworkPolicy",
    ];

    public static IReadOnlyList<Step> Read(FieldReader root, ManifestFields manifests, LabFields fields)
    {
        List<Step> steps = [];
        foreach (FieldReader item in fields.Maps(root, "steps"))
        {
            if (fields.Part(() => ReadStep(item, manifests, fields)) is Step step)
            {
                steps.Add(step with { Probes = ProbeFields.Read(item, fields) });
            }
        }

        return steps;
    }

    private static Step ReadStep(FieldReader item, ManifestFields manifests, LabFields fields)
    {
        fields.Only(item, ["name", "probes", "at", "mode", "iptables", .. Kinds]);
        string[] given = [.. Kinds.Where(item.Has)];
        if (given is [string kind])
        {
            foreach (MapEntry entry in item.Node.Entries.Where(entry => entry.Key switch
            {
                "at" => kind is not ("restart" or "rule" or "run"),
                "mode" or "iptables" => kind != "restart",
                _ => false,
            }))
            {
                fields.Error(entry.KeyAt, $"{item.PathOf(entry.Key)}: means nothing in a step with {kind}: remove it");
            }
        }

        string? title = item.Text("name")?.Value;
        return given switch
        {
            ["apply"] => new ApplyStep(title, item.At, manifests.Read(item, "apply")),
            ["delete"] => new DeleteStep(title, item.At, [.. item.Texts("delete").Select(Object)]),
            ["restart"] => Restart(title, item, fields),
            ["kill"] => new KillStep(title, item.At, Pod(LabFields.Required(item, "kill"))),
            ["rule"] => Rule(title, item, fields),
            ["run"] => new CommandStep(
                title, item.At, PlaceReference.Parse(LabFields.Required(item, "at")), ProbeFields.CommandLine(item)),
            _ => throw new ManifestFormatException(
                item.At, $"{item.PathOf("apply")}: a step does one thing: {string.Join(", ", Kinds)}; this one does {given.Length}"),
        };
    }

    private static RestartKubeProxyStep Restart(string? title, FieldReader item, LabFields fields)
    {
        LabFields.Word(item, "restart", "", ("kube-proxy", "kube-proxy"));
        if (!item.Has("mode"))
        {
            fields.Useless(item, "iptables", "without mode (kube-proxy comes as it was)");
        }

        return new(
            title, item.At, item.Text("at") is Located<string> on ? [Node(on)] : [],
            item.Has("mode") ? KubeProxyFields.Read(item, fields) : null);
    }

    private static RuleStep Rule(string? title, FieldReader item, LabFields fields)
    {
        FieldReader rule = item.Map("rule")!;
        fields.Only(rule, "do", "program", "table", "chain", "holding");
        LabFields.Required(rule, "do");
        return new RuleStep(
            title, item.At, Node(LabFields.Required(item, "at")),
            LabFields.Word(
                rule, "do", RuleChange.Remove,
                ("remove", RuleChange.Remove), ("move to the front", RuleChange.MoveToFront), ("move to the end", RuleChange.MoveToEnd)),
            LabFields.Word(
                rule, "program", "iptables", ("iptables", "iptables"), ("iptables-legacy", "iptables-legacy"), ("nft", "nft")),
            rule.Text("table")?.Value ?? "nat",
            LabFields.Required(rule, "chain").Value,
            LabFields.Required(rule, "holding").Value);
    }

    private static PlaceReference Node(Located<string> text) => PlaceReference.Parse(text) is { Kind: PlaceKind.Node } node
        ? node
        : throw new ManifestFormatException(text.At, $"\"{text.Value}\" is no node: write node/NAME");

    private static PlaceReference Pod(Located<string> text) => PlaceReference.Parse(text) is { Kind: PlaceKind.Pod } pod
        ? pod
        : throw new ManifestFormatException(text.At, $"\"{text.Value}\" is no pod: write pod/NAME or pod/NAMESPACE/NAME");

    private static ObjectReference Object(Located<string> text)
    {
        string[] parts = text.Value.Split('/');
        string? kind = Deletable.FirstOrDefault(known => known.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        return kind is not null && parts.Length is 2 or 3 && parts.All(static part => part.Length > 0)
            ? new ObjectReference(kind, parts.Length == 3 ? parts[1] : "default", parts[^1], text.At)
            : throw new ManifestFormatException(
                text.At, $"\"{text.Value}\" is no object: write KIND/NAME or KIND/NAMESPACE/NAME, such as pod/web-1 or service/shop/db; kinds are {string.Join(", ", Deletable).ToLowerInvariant()}");
    }
}
