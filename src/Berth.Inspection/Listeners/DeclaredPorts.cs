namespace Berth.Inspection;

/// <summary>The ports that a pod's spec declares.</summary>
/// <param name="Pod">The pod, as namespace/name.</param>
/// <param name="Ports">Protocol number and port.</param>
public sealed record DeclaredPorts(string Pod, IReadOnlySet<(byte Protocol, ushort Port)> Ports);
