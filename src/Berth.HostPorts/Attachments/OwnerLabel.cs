namespace Berth.HostPorts;

/// <summary>
/// Says to a person who owns a mapping: "namespace/name@network" of a Kubernetes pod, else "container-id@network", as room
/// allows. Only letters, digits and . _ - / @ ~ ? occur in it, so that it can break neither a ruleset's text nor a
/// terminal, whatever a container is called.
/// </summary>
internal static class OwnerLabel
{
    /// <summary>Characters at most: what a comment leaves beside its other fields.</summary>
    internal const int MaxLength = 72;

    private const int ContainerIdLength = 12;
    private const int MaxNetworkLength = 24;

    internal static string Make(AttachmentId id, IReadOnlyDictionary<string, string> args)
    {
        string network = CleanNetwork(id.Network);
        string who = args.TryGetValue("K8S_POD_NAMESPACE", out string? space) && space.Length > 0
            && args.TryGetValue("K8S_POD_NAME", out string? name) && name.Length > 0
            ? $"{Clean(space)}/{Clean(name)}"
            : Container(id);
        return $"{Cut(Clean(who), MaxLength - 1 - network.Length)}@{network}";
    }

    /// <summary>The first twelve characters of the container's ID, as tools show it.</summary>
    internal static string Container(AttachmentId id) =>
        Clean(id.ContainerId[..Math.Min(ContainerIdLength, id.ContainerId.Length)]);

    /// <summary>A network's name, cut where it is longer than 24 characters.</summary>
    internal static string CleanNetwork(string network) => Cut(Clean(network), MaxNetworkLength);

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "~";

    private static string Clean(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterOrDigit(source[i]) || "._-/@".Contains(source[i], StringComparison.Ordinal)
                ? source[i]
                : '?';
        }
    });
}
