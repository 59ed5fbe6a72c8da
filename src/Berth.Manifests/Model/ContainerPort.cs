namespace Berth.Manifests;

/// <summary>A port of a container as it is written. What it claims of the node: <see cref="HostPortClaim"/>.</summary>
/// <param name="At">Where the entry stands.</param>
public sealed record ContainerPort(Location At)
{
    /// <summary><c>name</c>.</summary>
    public Located<string>? Name { get; init; }

    /// <summary><c>containerPort</c>; nothing guarantees that it is a valid port.</summary>
    public Located<int>? Port { get; init; }

    /// <summary><c>hostPort</c>; nothing guarantees that it is a valid port. 0 means none.</summary>
    public Located<int>? HostPort { get; init; }

    /// <summary><c>hostIP</c>.</summary>
    public Located<string>? HostIP { get; init; }

    /// <summary><c>protocol</c>; without it TCP.</summary>
    public Located<string>? Protocol { get; init; }
}
