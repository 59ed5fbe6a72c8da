using Berth.Inspection;

namespace Berth.Cli.Inputs;

/// <summary>What things of a node are called, for the shell to complete: of this one, or of one in a file.</summary>
internal static class NodeNames
{
    public static IEnumerable<string> Links(string? file, Terminal terminal) =>
        (Read(file, NodeReader.ReadLinks, static node => node.Links, terminal).Value ?? []).Select(static link => link.Name);

    /// <summary>Pods as namespace/name; of those without a name the container.</summary>
    public static IEnumerable<string> Pods(string? file, Terminal terminal) =>
        (Read(file, static () => NodeReader.ReadAttachments(new NodeReaderOptions()), static node => node.CniCache, terminal).Value ?? [])
            .Select(static pod => pod is { PodNamespace: string space, PodName: string name } ? $"{space}/{name}" : pod.ContainerId)
            .Distinct();

    // A shell that completes a line has its own use for standard input.
    private static Part<IReadOnlyList<T>> Read<T>(
        string? file, Func<Part<IReadOnlyList<T>>> here, Func<NodeSnapshot, Part<IReadOnlyList<T>>> of, Terminal terminal)
    {
        try
        {
            return file is null ? here()
                : file == "-" ? Part.Absent<IReadOnlyList<T>>("it is on standard input")
                : of(SnapshotInput.Read(file, terminal));
        }
        catch (CommandException e)
        {
            return Part.Unreadable<IReadOnlyList<T>>(e.Message);
        }
    }
}
