using System.Text.RegularExpressions;

namespace Berth.Inspection;

/// <summary>Finds a pod by its container, by the cgroup of a process, or by the address that it got.</summary>
internal sealed partial class PodDirectory
{
    private readonly Dictionary<string, string> _byUid = new(StringComparer.Ordinal);
    private readonly List<CniAttachment> _attachments = [];

    internal PodDirectory(NodeSnapshot snapshot)
    {
        foreach (PodLogDirectory pod in snapshot.PodLogs.Value ?? [])
        {
            _byUid[pod.Uid] = $"{pod.Namespace}/{pod.Name}";
        }

        _attachments.AddRange(snapshot.CniCache.Value ?? []);
        KnowsAttachments = snapshot.CniCache.Status == PartStatus.Present;
    }

    /// <summary>Whether the runtime's list of attachments is there, so that what it lacks is gone.</summary>
    internal bool KnowsAttachments { get; }

    /// <summary>The attachment that Berth's element or a comment with the container's ID speaks of.</summary>
    internal CniAttachment? Find(MappingIdentity identity) => identity.OwnerKey is string owner
        ? _attachments.Find(attachment => attachment.Owner == owner)
        : identity.Owner.Container is { Length: > 0 } container
            ? _attachments.Find(attachment => attachment.ContainerId == container
                && (identity.Owner.Network is null || attachment.Network == identity.Owner.Network))
            : null;

    /// <summary>The pod and container of a process; nulls for a process of the node itself.</summary>
    internal (string? Pod, string? Container) OfCgroup(string? cgroup)
    {
        if (cgroup is null)
        {
            return (null, null);
        }

        Match container = ContainerId().Matches(cgroup).LastOrDefault() ?? Match.Empty;
        Match uid = PodUid().Match(cgroup);
        // systemd's names have no dash but its own: the kubelet writes the UID with underscores there.
        string? pod = uid.Success ? uid.Groups[1].Value.Replace('_', '-') : null;
        return (
            pod is null ? null : _byUid.TryGetValue(pod, out string? name) ? name : $"pod {pod}",
            container.Success ? container.Value : null);
    }

    internal static string? PodOf(CniAttachment? attachment) =>
        attachment is { PodNamespace: string space, PodName: string name } ? $"{space}/{name}" : null;

    [GeneratedRegex("pod([0-9a-f]{8}[-_][0-9a-f_-]{27}|[0-9a-f]{32})")]
    private static partial Regex PodUid();

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex ContainerId();
}
