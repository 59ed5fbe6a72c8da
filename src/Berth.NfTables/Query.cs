using System.Runtime.InteropServices;
using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>
/// Questions that are asked in one send. Each gives an <see cref="Answer{T}"/>, which holds its value once the query was
/// asked with <see cref="NfTablesConnection.Ask"/>.
/// </summary>
public sealed class Query
{
    // Most queries ask for about as much: a table's sets and chains.
    private const int Usual = 32;

    private readonly List<NetlinkRequest> _requests = new(Usual);
    private readonly List<IAnswer> _answers = new(Usual);

    /// <summary>The ruleset's generation.</summary>
    public Answer<Generation> Generation() => Put(GenerationMessage.Create(), GenerationMessage.Read);

    /// <summary>A table, or null when there is none.</summary>
    public Answer<Table> Table(Table table) =>
        Put(TableMessage.Create("get", MessageKind.GetTable, MessageFlags.None, table), TableMessage.Read);

    /// <summary>A chain, or null when there is none.</summary>
    public Answer<Chain> Chain(Chain chain) =>
        Put(ChainMessage.Create("get", MessageKind.GetChain, MessageFlags.None, chain), ChainMessage.Read);

    /// <summary>A set, or null when there is none.</summary>
    public Answer<Set> Set(Set set) =>
        Put(SetMessage.Create("get", MessageKind.GetSet, MessageFlags.None, set), SetMessage.Read);

    /// <summary>
    /// The element with a key, or null when there is none, or no such set. Of an interval map it is the one that contains
    /// the key.
    /// </summary>
    public Answer<Element> Element(Set set, DataValue key) => Put(
        ElementMessage.CreateForElement("get element", MessageKind.GetElement, set, new Element(key)), ElementMessage.ReadFirst);

    internal ReadOnlySpan<NetlinkRequest> Requests => CollectionsMarshal.AsSpan(_requests);

    internal void Answered(int index, NetlinkMessage message) => _answers[index].Read(message);

    private Answer<T> Put<T>(NetlinkRequest request, DumpReader<T> read)
        where T : class
    {
        Answer<T> answer = new(read);
        _requests.Add(request);
        _answers.Add(answer);
        return answer;
    }
}
