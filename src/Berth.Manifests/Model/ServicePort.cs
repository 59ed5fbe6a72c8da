namespace Berth.Manifests;

/// <summary>A port of a Service.</summary>
/// <param name="At">Where the entry stands.</param>
public sealed record ServicePort(Location At)
{
    /// <summary><c>name</c>.</summary>
    public Located<string>? Name { get; init; }

    /// <summary><c>port</c>.</summary>
    public Located<int>? Port { get; init; }

    /// <summary><c>targetPort</c>: a number or the name of a container's port, as text.</summary>
    public Located<string>? TargetPort { get; init; }

    /// <summary><c>nodePort</c>; 0 means that the cluster chooses one.</summary>
    public Located<int>? NodePort { get; init; }

    /// <summary><c>protocol</c>; without it TCP.</summary>
    public Located<string>? Protocol { get; init; }

    /// <summary>The protocol, TCP when none is given.</summary>
    public string EffectiveProtocol => Protocol is { Value.Length: > 0 } given ? given.Value : "TCP";
}
