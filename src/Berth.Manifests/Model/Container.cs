namespace Berth.Manifests;

/// <summary>A container.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">Where it stands.</param>
public sealed record Container(string Name, Location At)
{
    /// <summary>Whether it stands among <c>initContainers</c>.</summary>
    public bool IsInit { get; init; }

    /// <summary><c>restartPolicy</c> of an init container.</summary>
    public Located<string>? RestartPolicy { get; init; }

    /// <summary>Whether it runs as long as the pod does: a container, or an init container that always restarts.</summary>
    public bool RunsWithPod => !IsInit || RestartPolicy is { Value: "Always" };

    /// <summary><c>image</c>.</summary>
    public Located<string>? Image { get; init; }

    /// <summary><c>command</c> and <c>args</c>, one after the other.</summary>
    public IReadOnlyList<Located<string>> CommandLine { get; init; } = [];

    /// <summary><c>env</c>; of two of one name the last one counts.</summary>
    public IReadOnlyList<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary><c>envFrom</c>: what all the variables of each entry come from, such as <c>Secret db</c>.</summary>
    public IReadOnlyList<Located<string>> EnvironmentSources { get; init; } = [];

    /// <summary><c>ports</c>.</summary>
    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    /// <summary><c>securityContext.privileged</c>.</summary>
    public Located<bool>? Privileged { get; init; }

    /// <summary><c>securityContext.capabilities.add</c>.</summary>
    public IReadOnlyList<Located<string>> AddedCapabilities { get; init; } = [];

    /// <summary><c>securityContext.capabilities.drop</c>.</summary>
    public IReadOnlyList<Located<string>> DroppedCapabilities { get; init; } = [];
}
