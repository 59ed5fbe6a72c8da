namespace Berth.Lab;

/// <summary>What people call the places of a lab, and what their files are called (<see cref="ClusterState"/>).</summary>
internal static class PlaceName
{
    private const string Outside = "outside";
    private const string Pod = "pod_";
    private const string Node = "node_";

    /// <summary>The files that a name may mean, the likeliest first.</summary>
    public static IEnumerable<string> Candidates(string place) => place.Split('/') switch
    {
        [Outside] => [Outside],
        [var name] => [LabDirectories.NodeFile(name), LabDirectories.PodFile("default", name)],
        ["node", var name] => [LabDirectories.NodeFile(name)],
        ["pod", var name] => [LabDirectories.PodFile("default", name)],
        ["pod", var space, var name] => [LabDirectories.PodFile(space, name)],
        [var space, var name] => [LabDirectories.PodFile(space, name)],
        _ => [],
    };

    /// <summary>How people may call all of them.</summary>
    public static IEnumerable<string> Shown(IReadOnlyCollection<string> files) => files
        .Select(file => file.StartsWith(Node, StringComparison.Ordinal) ? file[Node.Length..]
            : !file.StartsWith(Pod, StringComparison.Ordinal) ? file
            : file[Pod.Length..] is var name && (name == Outside || files.Contains(Node + name)) ? $"pod/{name}"
            : name.Replace('_', '/'))
        .Order(StringComparer.Ordinal);
}
