namespace Berth.Manifests;

/// <summary>A mapping, in the order of its keys. A key that comes again replaces the value, as in kubectl.</summary>
internal sealed class MapNode(Location at) : ManifestNode(at)
{
    // Maps of manifests are small: only the large ones get an index.
    private const int IndexedFrom = 16;

    private readonly List<MapEntry> _entries = [];
    private Dictionary<string, int>? _index;

    public IReadOnlyList<MapEntry> Entries => _entries;

    public override string Describe() => "a map";

    public MapEntry? Find(string key) => IndexOf(key) is int at and >= 0 ? _entries[at] : null;

    /// <summary>Sets a key.</summary>
    /// <returns>The entry that it replaces, if any.</returns>
    public MapEntry? Set(MapEntry entry)
    {
        Size = Add(Size, Add(1, entry.Value.Size));
        int at = IndexOf(entry.Key);
        if (at >= 0)
        {
            MapEntry former = _entries[at];
            _entries[at] = entry;
            return former;
        }

        _index?.Add(entry.Key, _entries.Count);
        _entries.Add(entry);
        if (_entries.Count == IndexedFrom)
        {
            _index = new(StringComparer.Ordinal);
            for (int i = 0; i < _entries.Count; i++)
            {
                _index.Add(_entries[i].Key, i);
            }
        }

        return null;
    }

    private int IndexOf(string key)
    {
        if (_index is not null)
        {
            return _index.GetValueOrDefault(key, -1);
        }

        for (int i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }
}
