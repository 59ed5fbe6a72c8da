namespace Berth.Fuzz;

/// <summary>Makes inputs of inputs.</summary>
internal interface IMutator
{
    /// <summary>Changes an input in a few places, perhaps with pieces of another. Neither is altered.</summary>
    byte[] Mutate(byte[] input, byte[] other, Random random);
}

/// <summary>The mutator for each shape.</summary>
internal static class Mutators
{
    internal static IMutator Of(FuzzTarget target) => target.Shape switch
    {
        InputShape.Netlink => new NetlinkMutator(),
        InputShape.Bytes => new ByteMutator(),
        InputShape.Json => new JsonMutator(target.Words),
        _ => new LineMutator(target.Words),
    };
}
