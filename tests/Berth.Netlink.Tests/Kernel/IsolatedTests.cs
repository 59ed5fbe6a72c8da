namespace Berth.Netlink.Tests.Kernel;

/// <summary>Tests that share the one namespace, and so go one after the other.</summary>
[CollectionDefinition(Name)]
public class IsolatedTests : ICollectionFixture<Isolation>
{
    public const string Name = "kernel";
}
