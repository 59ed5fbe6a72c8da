namespace Berth.Bench.Results;

/// <summary>What a row is about.</summary>
/// <param name="Operation">The verb.</param>
/// <param name="Ports">How many ports one call is about.</param>
/// <param name="Mappings">How many other mappings were present in each plugin's own tables.</param>
internal sealed record Case(string Operation, int Ports, int Mappings)
{
    /// <summary>The backend of both plugins.</summary>
    public string Backend { get; init; } = "nftables";

    /// <summary>Whether node and pod have the ports under the same numbers.</summary>
    public bool IsRange { get; init; }
}
