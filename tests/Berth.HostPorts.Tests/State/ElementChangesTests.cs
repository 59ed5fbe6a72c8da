using System.Net;
using Berth.HostPorts.Nftables;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.State;

public class ElementChangesTests
{
    private static readonly TableSets Sets = new(NfFamily.Ip);

    [Fact]
    public void What_is_there_as_wanted_is_left_alone()
    {
        ElementChanges changes = new();
        changes.Replace(Sets.Attachments, Attachment("10.0.0.1", "one"), Attachment("10.0.0.1", "one"));
        changes.Replace(Sets.Masqueraded, null, null);
        Transaction transaction = new();

        changes.WriteTo(transaction);

        Assert.True(transaction.IsEmpty);
    }

    [Theory]
    [InlineData("10.0.0.1", "two")]
    [InlineData("10.0.0.2", "one")]
    public void Another_value_or_comment_goes_before_the_new_one_comes(string address, string comment) => Assert.Equal(
        ["delete attachments 1", "create attachments 1"],
        Write(changes => changes.Replace(
            Sets.Attachments, Attachment("10.0.0.1", "one"), Attachment(address, comment))));

    [Fact]
    public void What_is_not_wanted_goes_and_what_is_not_there_comes()
    {
        Assert.Equal(
            ["delete attachments 1"],
            Write(static changes => changes.Replace(Sets.Attachments, Attachment("10.0.0.1", "one"), null)));
        Assert.Equal(
            ["create attachments 1"],
            Write(static changes => changes.Replace(Sets.Attachments, null, Attachment("10.0.0.1", "one"))));
    }

    [Fact]
    public void All_deletions_stand_before_all_creations_one_message_a_set() => Assert.Equal(
        ["delete masqueraded 3", "delete attachments 1", "create masqueraded 2", "create attachments 1"],
        Write(static changes =>
        {
            changes.Replace(Sets.Masqueraded, null, Pod("10.0.0.1"));
            changes.Replace(Sets.Masqueraded, Pod("10.0.0.2"), null);
            changes.Replace(Sets.Attachments, Attachment("10.0.0.1", "one"), Attachment("10.0.0.1", "two"));
            changes.Replace(Sets.Masqueraded, Pod("10.0.0.3"), null);
            changes.Replace(Sets.Masqueraded, Pod("10.0.0.4"), Pod("10.0.0.4") with { Comment = "new" });
        }));

    [Fact]
    public void Sets_of_one_name_in_two_families_are_kept_apart() => Assert.Equal(
        ["create masqueraded 1", "create masqueraded 1"],
        Write(static changes =>
        {
            changes.Replace(Sets.Masqueraded, null, Pod("10.0.0.1"));
            changes.Replace(new TableSets(NfFamily.Ip6).Masqueraded, null, Pod("fd00::1"));
        }));

    private static IReadOnlyList<string> Write(Action<ElementChanges> say)
    {
        ElementChanges changes = new();
        say(changes);
        Transaction transaction = new();
        changes.WriteTo(transaction);
        return RecordedChanges.Of(transaction);
    }

    private static Element Pod(string address) => new(DataValue.FromAddress(IPAddress.Parse(address)));

    private static Element Attachment(string address, string comment) => new(AttachmentRecord.Key("owner"))
    {
        Value = DataValue.FromAddress(IPAddress.Parse(address)),
        Comment = comment,
    };
}
