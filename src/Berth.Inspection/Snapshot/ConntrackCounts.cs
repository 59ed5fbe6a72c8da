namespace Berth.Inspection;

/// <summary>How full the connection tracking table is.</summary>
/// <param name="Count">Tracked flows.</param>
/// <param name="Max">How many there may be.</param>
public sealed record ConntrackCounts(int Count, int Max);
