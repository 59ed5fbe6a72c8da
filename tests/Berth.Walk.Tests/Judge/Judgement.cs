using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>What the kernel did with a packet and with the answer to it, against what the walk says.</summary>
internal sealed record Judgement(SentPacket Packet, WalkedPacket Walked, Observation Seen)
{
    private IReadOnlyList<WalkBranch> Ways => Walked.Ways;

    /// <summary>The node as the packet found it.</summary>
    internal required NodeSnapshot Node { get; init; }

    /// <summary>How the walk failed; null when it did not.</summary>
    internal string? Failure { get; init; }

    /// <summary>Whether where the packet ends hangs on something that the walk does not know.</summary>
    internal bool NeedsAssumption =>
        Ways.SelectMany(static way => way.Assumptions).Distinct().Any(assumption => WalkConclusions.Matters([.. Ways], assumption));

    /// <summary>Whether one of the ways is what happened, and what it says of the answer is what became of that.</summary>
    internal bool Agrees => Ways.Any(way => Prediction.Of(way, Packet).Agrees(Seen, Packet) && AgreesWithReply(way));

    /// <summary>Whether the answer was judged: the packet arrived, and the walk says what becomes of what answers it.</summary>
    internal bool IsReplyJudged => Ways.Any(way => Prediction.Of(way, Packet).Agrees(Seen, Packet) && ReplyOf(way)?.Arrives is not null);

    /// <summary>Whether the sender got an answer that it takes.</summary>
    internal bool IsAnswered => Seen.Answer(Packet.From) is ReceivedPacket answer && IsTaken(answer);

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
            AppendSteps(text, way.Steps);
            foreach (WalkAssumption assumption in way.Assumptions)
            {
                text.Append(CultureInfo.InvariantCulture, $"            if {(assumption.Holds ? "" : "not ")}{assumption.Unknown}\n");
            }

            if (ReplyOf(way) is WalkReply reply)
            {
                text.Append(CultureInfo.InvariantCulture, $"  answer: {reply.Arrives?.ToString() ?? "?"} {reply.Source} {reply.Text}\n");
                AppendSteps(text, reply.Steps);
            }
        }

        return text.Append(of.Ruleset).ToString();
    }

    private static void AppendSteps(StringBuilder text, IReadOnlyList<WalkStep> steps)
    {
        foreach (WalkStep step in steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"            {step.Hook} {step.Table} {step.Chain}: {step.Rule} -> {step.Effect}\n");
        }
    }

    // A sender that is not at the address that it claims gets no answer, TCP answers only what asks for a connection, and what
    // the host outside sends to itself by its other link, or gets from an address that is its own, it answers inside, where no node sees it.
    // What it gets from an address of its other link it answers by that one, where rp_filter may not want it.
    private WalkReply? ReplyOf(WalkBranch way) => way.End!.Outcome == WalkOutcome.Delivered && Prediction.IsOwn(Packet)
        && (Packet.Protocol != SentPacket.Tcp || Packet.TcpFlags == SentPacket.Syn)
        && (Packet.From != Topology.Outside || Seen.Arrived?.Place != Topology.Outside
            || Topology.IsBySecondLink(Packet.Source) == (way.End.Interface == Topology.SecondLink))
        && !(Packet.From != Topology.Outside && Seen.Arrived is { Place: Topology.Outside } arrived
            && (Prediction.IsAnywhere(arrived.Source) || Topology.IsBySecondLink(arrived.Source) != (way.End.Interface == Topology.SecondLink)))
            ? Walked.ReplyOf(way)
            : null;

    private bool AgreesWithReply(WalkBranch way)
    {
        if (Seen.Arrived is null || ReplyOf(way) is not WalkReply { Arrives: bool arrives } reply)
        {
            return true;
        }

        ReceivedPacket? answer = Seen.Answer(Packet.From);
        return arrives == IsAnswered
            && (reply.Source is null || (answer is not null && answer.Source.Equals(reply.Source)));
    }

    // The client takes what comes from where it sent to, to where it sent from.
    private bool IsTaken(ReceivedPacket answer) => answer.Source.Equals(Packet.Destination) && answer.Destination.Equals(Packet.Source)
        && (!Packet.HasPorts || (answer.SourcePort == Packet.DestinationPort && answer.DestinationPort == Packet.SourcePort));
}
