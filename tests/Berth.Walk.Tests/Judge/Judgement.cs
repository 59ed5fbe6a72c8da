using System.Globalization;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>What the kernel did with a packet against what the walk says.</summary>
internal sealed record Judgement(SentPacket Packet, IReadOnlyList<WalkBranch> Ways, Observation Seen)
{
    private IEnumerable<Prediction> Predictions => [.. Ways.Select(way => Prediction.Of(way, Packet)).Distinct()];

    /// <summary>How the walk failed; null when it did not.</summary>
    internal string? Failure { get; init; }

    /// <summary>Whether where the packet ends hangs on something that the walk does not know.</summary>
    internal bool NeedsAssumption =>
        Ways.SelectMany(static way => way.Assumptions).Distinct().Any(assumption => WalkConclusions.Matters([.. Ways], assumption));

    /// <summary>Whether one of the ways is what happened.</summary>
    internal bool Agrees => Predictions.Any(prediction => prediction.Agrees(Seen, Packet));

    internal string Assumptions => string.Join("; ", Ways.SelectMany(static way => way.Assumptions).Select(static one => one.Unknown).Distinct());

    /// <summary>Everything that is needed to see why they differ.</summary>
    internal string Report(JudgeCase of)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"seed {of.Seed}: {Packet}\n  {of.Settings}\n  kernel: {Seen}\n");
        if (Failure is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  walk:   {Failure}\n");
        }

        foreach (WalkBranch way in Ways)
        {
            text.Append(CultureInfo.InvariantCulture, $"  walk:   {Prediction.Of(way, Packet)} ({way.End!.Text}, probability {way.Probability:0.###})\n");
            foreach (WalkStep step in way.Steps)
            {
                text.Append(CultureInfo.InvariantCulture, $"            {step.Hook} {step.Table} {step.Chain}: {step.Rule} -> {step.Effect}\n");
            }

            foreach (WalkAssumption assumption in way.Assumptions)
            {
                text.Append(CultureInfo.InvariantCulture, $"            if {(assumption.Holds ? "" : "not ")}{assumption.Unknown}\n");
            }
        }

        return text.Append(of.Ruleset).ToString();
    }
}
