namespace Berth.Inspection;

/// <summary>What a rule asks and does beside its header.</summary>
/// <param name="Matches">Its matches, in order.</param>
/// <param name="Target">Its target.</param>
internal sealed record RuleBody(ValueList<IptablesMatch> Matches, IptablesTarget Target);
