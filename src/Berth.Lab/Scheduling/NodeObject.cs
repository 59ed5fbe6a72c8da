using Berth.Manifests;

namespace Berth.Lab;

/// <summary>A lab's node as the API server has it: with the labels that every kubelet sets.</summary>
internal static class NodeObject
{
    public static Node Create(NodeEntry entry)
    {
        Dictionary<string, Located<string>> labels = new(StringComparer.Ordinal)
        {
            ["kubernetes.io/hostname"] = new(entry.Name, entry.At),
            ["kubernetes.io/os"] = new("linux", entry.At),
            ["kubernetes.io/arch"] = new("amd64", entry.At),
        };
        foreach ((string key, Located<string> value) in entry.Labels)
        {
            labels[key] = value;
        }

        return new Node(new ObjectMetadata
        {
            Kind = "Node",
            At = entry.At,
            Namespace = "",
            Name = new(entry.Name, entry.At),
            Labels = labels,
            Annotations = FieldReader.NoText,
        });
    }
}
