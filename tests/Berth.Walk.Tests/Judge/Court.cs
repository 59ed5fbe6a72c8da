using System.Text.RegularExpressions;

namespace Berth.Walk.Tests.Judge;

/// <summary>Loads cases, walks their packets and sends them.</summary>
internal sealed partial class Court : IDisposable
{
    private readonly Topology _topology = new();
    private readonly RulesetLoader _loader = new();
    private readonly Sender _sender;
    private readonly NodeState _state;

    internal Court(Func<NodeSnapshot> read)
    {
        _sender = new Sender(_topology);
        _state = new NodeState(read());
    }

    /// <summary>The node as it was read with the rules of the last case.</summary>
    internal NodeSnapshot? Snapshot { get; private set; }

    /// <summary>What a tool refused of the ruleset that was tried last; null when it was loaded.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Judges every packet of a case.</summary>
    internal IEnumerable<Judgement> Judge(JudgeCase one)
    {
        Topology.Set(one.Settings);
        Refusal = _loader.Load(one.Ruleset);
        if (Refusal is not null)
        {
            yield break;
        }

        Snapshot = _state.Read();
        Walker walker = new(Snapshot);

        // Packets change sets as they pass, and so do those that are sent again.
        bool isChanged = SetChange().IsMatch(one.Ruleset.Native);
        foreach (SentPacket packet in one.Packets)
        {
            Judgement judgement = Judge(ref walker, packet, isChanged, isPatient: false);

            // Nothing that was too slow to be seen may count as lost. Chance is not asked twice.
            bool isByChance = judgement.Walked.Ways.Any(static way => way.Probability < 1);
            for (int again = 0; again < 3 && !judgement.Agrees && !isByChance; again++)
            {
                judgement = Judge(ref walker, packet, isChanged, isPatient: true);
            }

            yield return judgement;
        }
    }

    /// <summary>Whether a tool, or this kernel, refuses a ruleset.</summary>
    internal bool Refuses(RulesetText ruleset) => _loader.Load(ruleset) is not null;

    /// <summary>Judges a case of one packet, of which it is known what must become.</summary>
    /// <param name="one">The case.</param>
    /// <param name="end">The place where it must arrive; null for nowhere.</param>
    /// <param name="isAnswered">Whether its sender must get an answer that it takes; null when nobody answers.</param>
    /// <param name="mayAssume">Whether the walk may need an assumption.</param>
    internal void AssertAgreement(JudgeCase one, string? end, bool? isAnswered, bool mayAssume = false)
    {
        List<Judgement> judgements = [.. Judge(one)];
        Assert.Null(Refusal);
        Judgement judgement = Assert.Single(judgements);
        string report = $"must end at {end ?? "nowhere"}, answered: {isAnswered?.ToString() ?? "nobody answers"}\n{judgement.Report(one)}";
        Assert.True(judgement.Seen.Arrived?.Place == end, report);
        Assert.True(isAnswered is not bool answered || (judgement.IsReplyJudged && judgement.IsAnswered == answered), report);
        Assert.True(judgement.Agrees && (mayAssume || !judgement.NeedsAssumption), report);
    }

    private Judgement Judge(ref Walker walker, SentPacket packet, bool isChanged, bool isPatient)
    {
        if (isChanged)
        {
            Snapshot = _state.Read();
            walker = new Walker(Snapshot);
        }

        (WalkedPacket walked, string? failure) = Walk(walker, packet);
        return new Judgement(packet, walked, _sender.Send(packet, isPatient)) { Failure = failure, Node = Snapshot! };
    }

    [GeneratedRegex("(add|update|delete) @")]
    private static partial Regex SetChange();

    // That it fails is a finding like another.
    private static (WalkedPacket Walked, string? Failure) Walk(Walker walker, SentPacket packet)
    {
        try
        {
            return (walker.Walk(packet), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (new WalkedPacket([], static _ => throw new InvalidOperationException("there is no way")), e.ToString());
        }
    }

    public void Dispose()
    {
        _loader.Clear();
        _sender.Dispose();
        _topology.Dispose();
    }
}
