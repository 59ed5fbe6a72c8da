namespace Berth.Manifests;

/// <summary>The way to a field, written out only for an error.</summary>
/// <param name="Parent">What holds it; null at the root.</param>
/// <param name="Name">The field's name; null of an item of a list.</param>
/// <param name="Index">The item's place in the list.</param>
internal sealed record FieldPath(FieldPath? Parent, string? Name, int Index = 0)
{
    /// <summary><c>spec.containers[0].ports[1].hostPort</c>, as the API server writes it.</summary>
    public override string ToString() =>
        Name is null ? $"{Parent}[{Index}]" : Parent is null ? Name : $"{Parent}.{Name}";
}
