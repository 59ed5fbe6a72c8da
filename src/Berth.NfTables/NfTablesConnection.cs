using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Reads and changes the nf_tables ruleset of one network namespace.</summary>
public sealed class NfTablesConnection : IDisposable
{
    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of NETLINK_NETFILTER, which it owns from now on.</summary>
    public NfTablesConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel has no netfilter netlink, or refuses.</exception>
    public static NfTablesConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.Netfilter));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>Asks all questions of a query, in one send as far as the socket's buffer allows.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused one for another reason than that it does not exist.</exception>
    public void Ask(Query query)
    {
        foreach (KernelError? error in _connection.Exchange(query.Requests, query.Answered))
        {
            if (error is not null && error.Errno != Errno.NoEntry)
            {
                throw new NetlinkErrorException(error);
            }
        }
    }

    /// <summary>The ruleset's generation.</summary>
    public Generation Generation()
    {
        Query query = new();
        Answer<Generation> generation = query.Generation();
        Ask(query);
        return generation.Value ?? throw new NetlinkFormatException("no generation in the kernel's answer");
    }

    /// <summary>All tables of a family, or of all families.</summary>
    public IReadOnlyList<Table> Tables(NfFamily family = NfFamily.Unspecified) => _connection.Dump(
        NfTablesRequest.Create(
            $"list tables of {family.ToText()}", MessageKind.GetTable, family, MessageFlags.None, static (ref MessageWriter _) => { }),
        TableMessage.Read);

    /// <summary>All chains of a family, of all tables.</summary>
    public IReadOnlyList<Chain> Chains(NfFamily family = NfFamily.Unspecified) => _connection.Dump(
        NfTablesRequest.Create(
            $"list chains of {family.ToText()}", MessageKind.GetChain, family, MessageFlags.None, static (ref MessageWriter _) => { }),
        ChainMessage.Read);

    /// <summary>All flow tables of all families; none where the kernel has no such thing.</summary>
    public IReadOnlyList<FlowTable> FlowTables()
    {
        try
        {
            return NoneIfMissing(FlowTableMessage.CreateList(), FlowTableMessage.Read);
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.Invalid or Errno.NotSupported)
        {
            // nfnetlink_find_client(): kernels before 4.16 do not know the question.
            return [];
        }
    }

    /// <summary>All rules of a table, or of one of its chains, in order; none when it does not exist.</summary>
    public IReadOnlyList<Rule> Rules(NfFamily family, string table, string? chain = null) => NoneIfMissing(
        RuleMessage.CreateForChain("list", MessageKind.GetRule, family, table, chain), RuleMessage.Read);

    /// <summary>All sets and maps of a table; none when it does not exist.</summary>
    public IReadOnlyList<Set> Sets(NfFamily family, string table) =>
        NoneIfMissing(SetMessage.CreateForTable(family, table), SetMessage.Read);

    /// <summary>
    /// All elements of a set, each once; none when the set does not exist. A hash that is growing, which goes on after the
    /// commit that made it grow and does not show in the generation, makes the kernel miss and repeat elements
    /// (rhashtable_walk_next()): a dump with a repeated element, or whose number is not the set's where the kernel says it
    /// (6.18 does), is read again; where it does not, two readings must agree.
    /// </summary>
    /// <exception cref="NetlinkDumpInterruptedException">It was so each time.</exception>
    public IReadOnlyList<Element> Elements(Set set)
    {
        NetlinkRequest request = ElementMessage.CreateForSet(set.Family, set.Table, set.Name);
        HashSet<DataValue>? before = null;
        for (int attempt = 0; attempt < NetlinkConnection.MaxAttempts; attempt++)
        {
            if (attempt > 0)
            {
                // Growing ends by itself; what it takes is time.
                Thread.Sleep(attempt);
            }

            Query query = new();
            Answer<Set> described = query.Set(set);
            Ask(query);
            if (described.Value is null)
            {
                return [];
            }

            List<Element> elements = [];
            foreach (Element[] part in NoneIfMissing(request, ElementMessage.Read))
            {
                elements.AddRange(part);
            }

            if (!IsComplete(described.Value, elements))
            {
                continue;
            }

            HashSet<DataValue> keys = [];
            foreach (Element element in elements)
            {
                keys.Add(element.Key);
            }

            if (elements.Count == 0 || described.Value?.Count is not null || (before is not null && before.SetEquals(keys)))
            {
                return elements;
            }

            before = keys;
        }

        throw new NetlinkDumpInterruptedException(request.Operation, NetlinkConnection.MaxAttempts);
    }

    /// <summary>
    /// Whether a set has an element for which a condition holds; stops reading at the first. What the kernel still had to
    /// say is lost on this connection, which is of no use for anything else afterwards: dispose of it.
    /// </summary>
    public bool AnyElement(Set set, Predicate<Element> condition)
    {
        bool found = false;
        _connection.DumpWhile(ElementMessage.CreateForSet(set.Family, set.Table, set.Name), message =>
        {
            foreach (Element element in ElementMessage.Read(message))
            {
                found |= condition(element);
            }

            return !found;
        });
        return found;
    }

    /// <summary>Makes all changes of a transaction, or none.</summary>
    /// <param name="transaction">The changes.</param>
    /// <param name="generation">The generation that the ruleset must still have; null for any.</param>
    /// <returns>False when the ruleset's generation was another: nothing was changed.</returns>
    /// <exception cref="NetlinkErrorException">The kernel refused: nothing was changed.</exception>
    /// <exception cref="NetlinkOverrunException">The kernel's answer was lost: it may have been changed, or not.</exception>
    public bool Commit(Transaction transaction, Generation? generation = null)
    {
        if (transaction.IsEmpty)
        {
            return true;
        }

        _connection.ClosesInBackground |= transaction.HasDeletions;
        return IsDone(
            NetfilterBatch.Commit(_connection, NetfilterSubsystem.NfTables, transaction.Changes, generation?.Id), generation);
    }

    /// <summary>Asks whether the kernel would make all changes, and makes none.</summary>
    /// <param name="transaction">The changes; an empty transaction is not sent.</param>
    /// <param name="generation">The generation at which the changes were decided; null for any.</param>
    /// <returns>False when the ruleset has another generation by now: it was not looked at.</returns>
    /// <exception cref="NetlinkErrorException">It would refuse; the errors name the changes.</exception>
    /// <exception cref="NetlinkOverrunException">The answer was lost.</exception>
    public bool Check(Transaction transaction, Generation? generation = null) => transaction.IsEmpty || IsDone(
        NetfilterBatch.Check(_connection, NetfilterSubsystem.NfTables, transaction.Changes, generation?.Id), generation);

    private static bool IsDone(IReadOnlyList<KernelError> errors, Generation? generation) => errors switch
    {
        [] => true,
        [{ Errno: Errno.Restart }] when generation is not null => false,
        _ => throw new NetlinkErrorException(errors),
    };

    private static bool IsComplete(Set? set, List<Element> elements)
    {
        // Of intervals the kernel counts something else than it sends, and expired elements it counts but does not send.
        const SetFlags Uncountable = SetFlags.Interval | SetFlags.Timeout | SetFlags.Evaluated;
        // The element without a key, which is what all others leave, the kernel does not count either.
        int counted = elements.Count - (elements.Exists(static element => element.Key.Length == 0) ? 1 : 0);
        if (set?.Count is uint count && (set.Flags & Uncountable) == 0 && count != counted)
        {
            return false;
        }

        HashSet<(DataValue, DataValue?, bool)> keys = [];
        return elements.TrueForAll(element => keys.Add((element.Key, element.KeyEnd, element.IsIntervalEnd)));
    }

    private IReadOnlyList<T> NoneIfMissing<T>(NetlinkRequest request, DumpReader<T> read)
        where T : class
    {
        try
        {
            return _connection.Dump(request, read);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.NoEntry)
        {
            return [];
        }
    }
}
