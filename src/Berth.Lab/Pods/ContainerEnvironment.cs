using Berth.Manifests;

namespace Berth.Lab;

/// <summary>The environment of a container's programs: what its manifest says, as the kubelet makes it, and who the pod is.</summary>
internal static class ContainerEnvironment
{
    private const string Operator = "$(";

    /// <summary>The variables that have a value in a lab, each once.</summary>
    /// <param name="pod">The pod, which has its address and its node.</param>
    /// <param name="container">The container.</param>
    public static IReadOnlyDictionary<string, string> Of(PodRecord pod, Container container)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (EnvironmentVariable variable in container.Environment)
        {
            if (variable.Value is { } text)
            {
                values[variable.Name] = Expand(text.Value, values);
            }
            else if (variable.FieldPath is { } path && Field(pod, path.Value) is string value)
            {
                values[variable.Name] = value;
            }
        }

        values["POD_NAME"] = pod.Name;
        values["POD_NAMESPACE"] = pod.Namespace;
        values["POD_IP"] = $"{pod.Address}";
        return values;
    }

    /// <summary>Where the value of a variable comes from that has none in a lab; null when it has one.</summary>
    public static string? MissingSource(EnvironmentVariable variable) =>
        variable.Source is { } source ? source.Value
        : variable.FieldPath is { } path && !IsField(path.Value) ? $"the field {path}"
        : null;

    private static bool IsField(string path) =>
        path is "metadata.name" or "metadata.namespace" or "metadata.uid" or "spec.nodeName"
            or "status.podIP" or "status.podIPs" or "status.hostIP" or "status.hostIPs"
        || Key(path, "metadata.labels") is not null || Key(path, "metadata.annotations") is not null;

    private static string? Field(PodRecord pod, string path) => path switch
    {
        "metadata.name" => pod.Name,
        "metadata.namespace" => pod.Namespace,
        "metadata.uid" => pod.Uid,
        "spec.nodeName" => pod.NodeName,
        "status.podIP" or "status.podIPs" => $"{pod.Address}",
        "status.hostIP" or "status.hostIPs" => $"{pod.Node?.Address}",
        _ when Key(path, "metadata.labels") is string label => pod.Template.Labels.GetValueOrDefault(label).Value ?? "",
        _ when Key(path, "metadata.annotations") is string annotation => pod.Template.Annotations.GetValueOrDefault(annotation).Value ?? "",
        _ => null,
    };

    // metadata.labels['app'] has one label.
    private static string? Key(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) && path.Length >= map.Length + 4
            ? path[(map.Length + 2)..^2]
            : null;

    // third_party/forked/golang/expansion: $(NAME) is a variable that stands before, and itself where there is none; $$ is a dollar.
    private static string Expand(string text, Dictionary<string, string> values)
    {
        string expanded = "";
        int at = 0;
        while (text.IndexOf('$', at) is int found and >= 0)
        {
            expanded += text[at..found];
            ReadOnlySpan<char> rest = text.AsSpan(found);
            int end = rest.IndexOf(')');
            if (rest.StartsWith("$$", StringComparison.Ordinal))
            {
                (expanded, at) = (expanded + '$', found + 2);
            }
            else if (rest.StartsWith(Operator, StringComparison.Ordinal) && end > 0)
            {
                string name = rest[Operator.Length..end].ToString();
                (expanded, at) = (expanded + (values.GetValueOrDefault(name) ?? $"$({name})"), found + end + 1);
            }
            else
            {
                (expanded, at) = (expanded + '$', found + 1);
            }
        }

        return expanded + text[at..];
    }
}
