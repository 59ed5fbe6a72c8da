namespace Berth.Manifests;

/// <summary>A sequence.</summary>
internal sealed class ListNode(Location at) : ManifestNode(at)
{
    private readonly List<ManifestNode> _items = [];

    public IReadOnlyList<ManifestNode> Items => _items;

    public override string Describe() => "a list";

    public void Add(ManifestNode item)
    {
        _items.Add(item);
        Size = Add(Size, item.Size);
    }
}
