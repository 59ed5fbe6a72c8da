using Berth.NfTables;

namespace Berth.Kernel.Tests.Races;

/// <summary>Does the calls one after the other, in the order in which the kernel announced their commits.</summary>
/// <param name="changes">What each process was told to do, by its netlink address.</param>
/// <param name="finished">The calls that ended well.</param>
internal sealed class Replay(IReadOnlyDictionary<uint, OwnerChange> changes, IReadOnlyCollection<FinishedCall> finished)
{
    // What a commit changes in others is not about whose a port is.
    private static readonly string[] OfOwners = ["hostports", "hostports_at", "ranges", "ranges_at", "attachments", "superseded"];

    private readonly OwnersModel _ipv4 = new();
    private readonly OwnersModel _ipv6 = new();

    /// <summary>The state at the end.</summary>
    internal IReadOnlyDictionary<NfFamily, OwnersModel> Models => new Dictionary<NfFamily, OwnersModel> { [NfFamily.Ip] = _ipv4, [NfFamily.Ip6] = _ipv6 };

    /// <summary>The processes that changed whose a port is.</summary>
    internal HashSet<uint> Writers { get; } = [];

    /// <summary>Does them all.</summary>
    /// <returns>
    /// The calls that ended well and changed nothing, though they would have had something to do at any time that they ran, and
    /// those that ended well and have not done all behind their last change, in one of the families for instance.
    /// </returns>
    internal IReadOnlyList<FinishedCall> Run(IReadOnlyList<Commit> commits)
    {
        Dictionary<uint, Commit> last = [];
        foreach (Commit commit in commits.Where(IsOfOwners))
        {
            Writers.Add(commit.PortId);
            last[commit.PortId] = commit;
        }

        Queue<FinishedCall> next = new(finished.Where(call => !Writers.Contains(call.PortId)).OrderBy(static call => call.First));
        List<FinishedCall> open = [];
        List<FinishedCall> lies = [];
        uint generation = 0;
        foreach (Commit commit in commits)
        {
            Settle(commit.Generation);
            Apply(commit);
            generation = commit.Generation;
            if (last.GetValueOrDefault(commit.PortId) == commit)
            {
                lies.AddRange(finished.Where(call => call.PortId == commit.PortId && !IsDone(call.Change)));
            }
        }

        Settle(uint.MaxValue);
        return lies;

        // What ran while the state was as it is now: until the next commit.
        void Settle(uint until)
        {
            while (next.TryPeek(out FinishedCall? call) && call.First < until)
            {
                open.Add(next.Dequeue());
            }

            open.RemoveAll(call => IsDone(call.Change));
            lies.AddRange(open.Where(call => call.Last < until));
            open.RemoveAll(call => call.Last < until);
        }
    }

    private bool IsDone(OwnerChange change) => _ipv4.IsDone(change) && _ipv6.IsDone(change.OfIPv6());

    private static bool IsOfOwners(Commit commit) => OfOwners.Any(set => commit.Sets.Contains($"2 {set}") || commit.Sets.Contains($"10 {set}"));

    private void Apply(Commit commit)
    {
        foreach (byte family in commit.DeletedFamilies)
        {
            Models[(NfFamily)family].Forget();
        }

        foreach ((NfFamily family, OwnersModel model) in Models)
        {
            if (OfOwners.Any(set => commit.Sets.Contains($"{(byte)family} {set}")))
            {
                Assert.True(changes.TryGetValue(commit.PortId, out OwnerChange? change), $"nobody known made the commit of {commit.PortId}");
                model.Apply(family == NfFamily.Ip6 ? change.OfIPv6() : change);
            }
        }
    }
}
