namespace Berth.Inspection;

/// <summary>Leaves the packet out of connection tracking (notrack).</summary>
internal sealed record Untrack : DecodedExpression;
