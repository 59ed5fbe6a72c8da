namespace Berth.Manifests;

/// <summary>Reads Nodes.</summary>
internal static class NodeReader
{
    public static Node Read(ObjectMetadata metadata, FieldReader root)
    {
        FieldReader? spec = root.Map("spec");
        return new Node(metadata)
        {
            IsUnschedulable = spec?.Boolean("unschedulable") is { Value: true },
            Taints = [.. (spec?.Maps("taints") ?? []).Select(Taint)],
            Addresses = Addresses(root.Map("status")),
        };
    }

    private static Taint Taint(FieldReader fields) => new(
        fields.Text("key")?.Value ?? "", fields.Text("value")?.Value ?? "", fields.Text("effect")?.Value ?? "");

    private static List<Located<string>> Addresses(FieldReader? status)
    {
        List<Located<string>> addresses = [];
        foreach (FieldReader entry in status?.Maps("addresses") ?? [])
        {
            if (entry.Text("address") is Located<string> address)
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }
}
