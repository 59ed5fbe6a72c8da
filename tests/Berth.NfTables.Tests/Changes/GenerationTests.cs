using Berth.Netlink;
using Berth.NfTables.Tests.Kernel;

namespace Berth.NfTables.Tests.Changes;

public sealed class GenerationTests : KernelTests
{
    private static readonly Table Berth = new(NfFamily.Ip, "berth");
    private static readonly Set Addresses = new(NfFamily.Ip, "berth", "addresses", DataType.Ipv4Address);
    private static readonly Element Address = new(DataValue.FromBytes([192, 0, 2, 1])) { Comment = "mine" };

    [Fact]
    public void A_commit_under_a_stale_generation_changes_nothing()
    {
        Generation stale = Connection.Generation();
        Nft.Run("add table ip other");
        Generation fresh = Connection.Generation();
        Assert.NotEqual(stale.Id, fresh.Id);

        Transaction changes = new();
        changes.Add(Berth);
        Assert.False(Connection.Commit(changes, stale));
        Assert.Equal(["other"], Connection.Tables(NfFamily.Ip).Select(t => t.Name));
        Assert.Equal(fresh.Id, Connection.Generation().Id);

        Assert.True(Connection.Commit(changes, fresh));
        Assert.Equal(["berth", "other"], Connection.Tables(NfFamily.Ip).Select(t => t.Name).Order());
        Assert.NotEqual(fresh.Id, Connection.Generation().Id);
    }

    [Fact]
    public void The_process_of_a_generation_is_the_one_that_asks()
    {
        Commit(changes => changes.Add(Berth));
        Generation mine = Connection.Generation();
        Nft.Run("add table ip other");
        Generation others = Connection.Generation();
        Assert.NotNull(mine.ProcessId);
        Assert.NotEqual("nft", others.ProcessName);
        Assert.Equal((mine.ProcessId, mine.ProcessName), (others.ProcessId, others.ProcessName));
    }

    [Fact]
    public void A_table_that_exists_and_a_failed_batch_leave_the_generation()
    {
        Commit(changes =>
        {
            changes.Add(Berth);
            changes.Add(Addresses);
            changes.Create(Addresses, [Address]);
        });
        Generation before = Connection.Generation();
        Commit(changes => changes.Add(Berth));
        Assert.Equal(before.Id, Connection.Generation().Id);

        Transaction failing = new();
        failing.Create(Addresses, [Address]);
        Assert.Throws<NetlinkErrorException>(() => Connection.Commit(failing, before));
        Assert.Equal(before.Id, Connection.Generation().Id);
    }

    [Fact]
    public void What_is_checked_is_refused_as_a_commit_would_be_and_changes_nothing()
    {
        Commit(changes =>
        {
            changes.Add(Berth);
            changes.Add(Addresses);
            changes.Create(Addresses, [Address]);
        });
        string before = Nft.Run("list ruleset");
        Generation generation = Connection.Generation();
        Transaction sound = new();
        sound.Add(new Chain(NfFamily.Ip, "berth", "prerouting") { Hook = new ChainHook("nat", NfHook.Prerouting, -90) });
        sound.Delete(Addresses, [Address]);
        Transaction failing = new();
        failing.Create(Addresses, [Address]);

        Assert.True(Connection.Check(sound, generation));
        NetlinkErrorException refused = Assert.Throws<NetlinkErrorException>(() => Connection.Check(failing, generation));
        Assert.Equal(Errno.Exists, refused.Errno);
        Assert.Equal(before, Nft.Run("list ruleset"));
        Assert.Equal(generation.Id, Connection.Generation().Id);

        Assert.True(Connection.Commit(sound, generation));
        Assert.False(Connection.Check(sound, generation));
    }

    [Fact]
    public void An_empty_transaction_succeeds_whatever_the_generation()
    {
        Assert.True(Connection.Commit(new Transaction(), new Generation(1, null, null)));
        Assert.True(Connection.Check(new Transaction(), new Generation(1, null, null)));
    }
}
