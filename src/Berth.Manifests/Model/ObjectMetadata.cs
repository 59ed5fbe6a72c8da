namespace Berth.Manifests;

/// <summary>What all objects have.</summary>
public sealed record ObjectMetadata
{
    /// <summary>The kind, as <c>Deployment</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the object begins.</summary>
    public required Location At { get; init; }

    /// <summary>The namespace, <c>default</c> when none is given; empty for what has none (nodes).</summary>
    public required string Namespace { get; init; }

    /// <summary>The name; of <c>generateName</c> the prefix, when there is no name.</summary>
    public required Located<string> Name { get; init; }

    /// <summary>Whether there is a <c>generateName</c> alone: two objects with the same one are two objects.</summary>
    public bool IsNameGenerated { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, Located<string>> Labels { get; init; }

    /// <summary>Its annotations.</summary>
    public required IReadOnlyDictionary<string, Located<string>> Annotations { get; init; }

    /// <summary>The owner that controls it, as <c>ReplicaSet</c> and name; in manifests there is none, in what a cluster
    /// prints there often is.</summary>
    public OwnerReference? Controller { get; init; }

    /// <summary>Whether it is being deleted.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>Kind, namespace and name: <c>Deployment default/web</c>.</summary>
    public override string ToString() =>
        Namespace.Length == 0 ? $"{Kind} {Name.Value}" : $"{Kind} {Namespace}/{Name.Value}";
}
