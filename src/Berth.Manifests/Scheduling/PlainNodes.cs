namespace Berth.Manifests;

/// <summary>Nodes for who has none to show: as a kubelet registers them, with nothing added.</summary>
public static class PlainNodes
{
    /// <summary>So many nodes, <c>node-1</c> and on, with the labels that every kubelet sets.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<Node> Create(int count)
    {
        Location at = new("(plain nodes)", 1, 1);
        List<Node> nodes = new(count);
        for (int i = 1; i <= count; i++)
        {
            string name = $"node-{i}";
            nodes.Add(new Node(new ObjectMetadata
            {
                Kind = "Node",
                At = at,
                Namespace = "",
                Name = new(name, at),
                Labels = new Dictionary<string, Located<string>>(StringComparer.Ordinal)
                {
                    ["kubernetes.io/hostname"] = new(name, at),
                    ["kubernetes.io/os"] = new("linux", at),
                    ["kubernetes.io/arch"] = new("amd64", at),
                },
                Annotations = FieldReader.NoText,
            }));
        }

        return nodes;
    }
}
