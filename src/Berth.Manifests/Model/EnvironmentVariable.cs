namespace Berth.Manifests;

/// <summary>A variable of a container's environment. It has a value, a field of the pod, or a source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">Where the entry stands.</param>
public sealed record EnvironmentVariable(string Name, Location At)
{
    /// <summary><c>value</c>, in which <c>$(NAME)</c> stands for another variable; empty when the entry says nothing else. Null when it
    /// comes from elsewhere.</summary>
    public Located<string>? Value { get; init; }

    /// <summary><c>valueFrom.fieldRef.fieldPath</c>: the field of the pod that it has, such as <c>status.podIP</c>.</summary>
    public Located<string>? FieldPath { get; init; }

    /// <summary>What it comes from otherwise, and what no manifest of the pod says: <c>Secret db</c>, <c>ConfigMap web</c>, or the key of
    /// <c>valueFrom</c>, such as <c>resourceFieldRef</c>.</summary>
    public Located<string>? Source { get; init; }
}
