namespace Berth.Lab.Tests.Kernel;

/// <summary>Tests during which no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
