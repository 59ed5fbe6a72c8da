namespace Berth.Inspection;

/// <summary>A directory of the kubelet's under /var/log/pods: NAMESPACE_NAME_UID.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's UID, as cgroups name it.</param>
public sealed record PodLogDirectory(string Namespace, string Name, string Uid)
{
    /// <summary>Null when a directory's name is not of that form. Neither a namespace nor a UID has an underscore.</summary>
    public static PodLogDirectory? Parse(string directory) => directory.Split('_') is [var space, var name, var uid]
        ? new PodLogDirectory(space, name, uid)
        : null;
}
