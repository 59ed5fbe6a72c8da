using Berth.Runtime.Tests.Ground;

// One node, one set of ports.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Node))]
