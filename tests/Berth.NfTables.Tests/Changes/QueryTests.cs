using Berth.Netlink;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Changes;

public sealed class QueryTests : KernelTests
{
    private static readonly Table Berth = new(NfFamily.Ip, "berth");
    private static readonly Chain Base = new(NfFamily.Ip, "berth", "base") { Hook = new ChainHook("nat", NfHook.Output, -90) };
    private static readonly Set Ports = new(NfFamily.Ip, "berth", "ports", DataType.InetService);

    [Fact]
    public void Many_questions_are_answered_in_one_send_and_what_is_missing_is_null()
    {
        AddAll();
        Query query = new();
        Answer<Generation> generation = query.Generation();
        Answer<Table> table = query.Table(Berth);
        Answer<Table> noTable = query.Table(new Table(NfFamily.Ip6, "berth"));
        Answer<Chain> chain = query.Chain(Base);
        Answer<Chain> noChain = query.Chain(new Chain(NfFamily.Ip, "berth", "none"));
        Answer<Set> set = query.Set(Ports);
        Answer<Set> noSet = query.Set(new Set(NfFamily.Ip, "berth", "none", DataType.InetService));
        Answer<Element> element = query.Element(Ports, DataValue.FromPort(1));
        Answer<Element> noElement = query.Element(Ports, DataValue.FromPort(9999));
        Answer<Element> nowhere = query.Element(new Set(NfFamily.Ip6, "x", "y", DataType.InetService), DataValue.FromPort(1));
        Connection.Ask(query);
        Assert.Equal(Connection.Generation().Id, generation.Value?.Id);
        Assert.Equal(Berth, table.Value! with { Handle = 0 });
        Assert.Equal(Base, chain.Value! with { Handle = 0 });
        Assert.True(Ports.IsLike(set.Value!));
        Assert.Equal(Port(1), element.Value);
        Assert.Equal<object?>([null, null, null, null, null], [noTable.Value, noChain.Value, noSet.Value, noElement.Value, nowhere.Value]);
    }

    [Fact]
    public void A_thousand_elements_are_asked_for_at_once()
    {
        AddAll();
        Query query = new();
        Answer<Element>[] answers = [.. Enumerable.Range(501, 1000).Select(p => query.Element(Ports, DataValue.FromPort((ushort)p)))];
        Connection.Ask(query);
        Assert.All(answers.Index(), a => Assert.Equal(a.Index < 500 ? Port(a.Index + 501) : null, a.Item.Value));
    }

    [Fact]
    public void Lists_of_what_does_not_exist_are_empty()
    {
        Assert.Empty(Connection.Tables());
        Assert.Empty(Connection.Chains());
        Assert.Empty(Connection.Rules(NfFamily.Ip, "none"));
        Assert.Empty(Connection.Sets(NfFamily.Ip, "none"));
        Assert.Empty(Connection.Elements(Ports));
        AddAll();
        Assert.Empty(Connection.Rules(NfFamily.Ip, "berth", "none"));
        Assert.Empty(Connection.Elements(Ports with { Name = "none" }));
    }

    [Fact]
    public void Everything_can_be_deleted_piece_by_piece()
    {
        AddAll();
        Chain regular = new(NfFamily.Ip, "berth", "regular");
        Commit(changes =>
        {
            changes.Add(regular);
            changes.Add(new Rule(NfFamily.Ip, "berth", "base", [new Immediate(Verdict.Jump("regular"))]));
            changes.Add(new Rule(NfFamily.Ip, "berth", "base", [new Immediate(Verdict.Accept)]) { Comment = "last" });
            changes.Add(new Rule(NfFamily.Ip, "berth", "regular", [new Immediate(Verdict.Drop)]));
        });
        Rule first = Connection.Rules(NfFamily.Ip, "berth", "base")[0];
        Commit(changes => changes.Delete(first));
        Assert.Equal("last", Assert.Single(Connection.Rules(NfFamily.Ip, "berth", "base")).Comment);
        Commit(changes => changes.Flush(Base));
        Assert.Equal("regular", Assert.Single(Connection.Rules(NfFamily.Ip, "berth")).Chain);
        Commit(changes => changes.Flush(regular));
        Commit(changes =>
        {
            changes.Delete(regular);
            changes.Delete(Base);
            changes.Delete(Ports);
        });
        Assert.Empty(Connection.Chains(NfFamily.Ip));
        Assert.Empty(Connection.Sets(NfFamily.Ip, "berth"));
        Commit(changes => changes.Delete(Berth));
        Assert.Empty(Connection.Tables());
    }

    [Fact]
    public void Errors_name_the_operation_and_the_attribute()
    {
        AddAll();
        Expect(Errno.Exists, c => c.Create(Berth), "create table ip berth", "NFTA_TABLE_NAME");
        Expect(Errno.NoEntry, c => c.Delete(new Table(NfFamily.Ip6, "berth")), "delete table ip6 berth", "NFTA_TABLE_NAME");
        Expect(Errno.NoEntry, c => c.Add(new Chain(NfFamily.Ip, "none", "c")), "add chain ip none c", "NFTA_CHAIN_TABLE");
        Expect(Errno.NoEntry, c => c.Delete(new Chain(NfFamily.Ip, "berth", "c")), "delete chain ip berth c", "NFTA_CHAIN_NAME");
        Expect(Errno.NoEntry, c => c.Add(new Rule(NfFamily.Ip, "berth", "c", [])), "add rule in ip berth c", "NFTA_RULE_CHAIN");
        Expect(Errno.NoEntry, c => c.Delete(new Set(NfFamily.Ip, "berth", "s", DataType.Mark)), "delete set ip berth s", "NFTA_SET_NAME");
        Expect(
            Errno.NoEntry,
            c => c.Create(new Set(NfFamily.Ip, "berth", "s", DataType.InetService), [Port(1)]),
            "create elements of ip berth s",
            "NFTA_SET_ELEM_LIST_SET");
    }

    private void Expect(Errno errno, Action<Transaction> change, params string[] words)
    {
        Transaction transaction = new();
        change(transaction);
        NetlinkErrorException error = Assert.Throws<NetlinkErrorException>(() => Connection.Commit(transaction));
        Assert.Equal(errno, error.Errno);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    private void AddAll() => Commit(changes =>
    {
        changes.Add(Berth);
        changes.Add(Base);
        changes.Add(Ports);
        changes.Create(Ports, [.. Enumerable.Range(1, 1000).Select(p => Port(p))]);
    });

    private static Element Port(int port) => new(DataValue.FromPort((ushort)port));
}
