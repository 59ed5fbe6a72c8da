namespace Berth.Inspection;

/// <summary>A process that holds a socket. Its environment is never read.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Name">Its name (comm): at most 15 bytes.</param>
/// <param name="Arguments">Its arguments, the program first; null unless they were asked for, for they may hold secrets.</param>
/// <param name="Cgroup">Its control group's path, which in a pod holds the pod's and the container's ID; null when unreadable.</param>
/// <param name="Sockets">The inodes of the sockets that it holds, of those in the snapshot.</param>
public sealed record ProcessState(
    int ProcessId, string Name, IReadOnlyList<string>? Arguments, string? Cgroup, IReadOnlyList<uint> Sockets);
