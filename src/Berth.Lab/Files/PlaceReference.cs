using Berth.Manifests;

namespace Berth.Lab;

/// <summary>What a place of a lab is.</summary>
internal enum PlaceKind
{
    /// <summary>The machine outside the cluster.</summary>
    Outside,

    Node,

    Pod,
}

/// <summary>A place as a file names it: <c>outside</c>, <c>node/NAME</c>, <c>pod/NAME</c> or <c>pod/NAMESPACE/NAME</c>.</summary>
internal sealed record PlaceReference(PlaceKind Kind, string Namespace, string Name, Location At)
{
    public const string Allowed = "outside, node/NAME, pod/NAME or pod/NAMESPACE/NAME";

    /// <exception cref="ManifestFormatException">It is no place.</exception>
    public static PlaceReference Parse(Located<string> text)
    {
        string[] parts = text.Value.Split('/');
        return parts switch
        {
            ["outside"] => new(PlaceKind.Outside, "", "outside", text.At),
            ["node", { Length: > 0 } name] => new(PlaceKind.Node, "", name, text.At),
            ["pod", { Length: > 0 } name] => new(PlaceKind.Pod, "default", name, text.At),
            ["pod", { Length: > 0 } space, { Length: > 0 } name] => new(PlaceKind.Pod, space, name, text.At),
            _ => throw new ManifestFormatException(text.At, $"\"{text.Value}\" is no place: write {Allowed}"),
        };
    }

    public override string ToString() => Kind switch
    {
        PlaceKind.Outside => Name,
        PlaceKind.Node => $"node/{Name}",
        _ => Namespace == "default" ? $"pod/{Name}" : $"pod/{Namespace}/{Name}",
    };
}
