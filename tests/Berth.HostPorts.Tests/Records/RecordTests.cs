using System.Net;
using System.Text;
using Berth.HostPorts.Nftables;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Records;

public class RecordTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<AttachmentRecord> Attachment =
        from owner in RecordGenerators.Owner
        from pod in Gen.OneOf(RecordGenerators.V4, RecordGenerators.V6)
        from mappings in Gen.OneOf(Gen.Choose(0, 70_000), Gen.Constant(int.MaxValue))
        from network in RecordGenerators.Network
        from link in Gen.OneOf<string?>(Gen.Constant<string?>(null), RecordGenerators.Link.Select(static link => (string?)link))
        from container in RecordGenerators.Link
        from label in RecordGenerators.Label
        select new AttachmentRecord(owner, pod, mappings, network, link == "-" ? null : link, container, label);

    private static readonly Gen<LinkRecord> Link =
        from link in RecordGenerators.Link
        from former in Gen.Elements<int?>(null, 0, 1, 2, int.MaxValue)
        select new LinkRecord(link, former);

    private static readonly Gen<MappingElement> Mapping =
        from isV6 in Gen.Elements(false, true)
        from hasHost in Gen.Elements(false, true)
        from host in isV6 ? RecordGenerators.V6 : RecordGenerators.V4
        from pod in isV6 ? RecordGenerators.V6 : RecordGenerators.V4
        from protocol in Gen.Choose(0, 255)
        from hostPort in RecordGenerators.Port
        from containerPort in RecordGenerators.Port
        select new MappingElement(hasHost ? host : null, (byte)protocol, hostPort, pod, containerPort);

    [Fact]
    public void An_owner_comment_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(from owner in RecordGenerators.Owner from label in RecordGenerators.Label select new OwnerComment(owner, label)),
        comment => OwnerComment.Parse(comment.ToString()) == comment && OwnerComment.IsOf(comment.ToString(), comment.Owner)));

    [Fact]
    public void An_attachment_record_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(Attachment), record => AttachmentRecord.Parse(record.ToElement()) == record));

    [Fact]
    public void A_link_record_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(Link), record => LinkRecord.Parse(record.ToElement()) == record));

    [Fact]
    public void A_mapping_reads_as_its_element_says() => Check.One(Many, Prop.ForAll(Arb.From(Mapping), mapping =>
    {
        NfFamily family = mapping.Pod.GetAddressBytes().Length == 4 ? NfFamily.Ip : NfFamily.Ip6;
        return MappingElement.From(family, ToElement(mapping)) == mapping
            && MappingElement.From(family == NfFamily.Ip ? NfFamily.Ip6 : NfFamily.Ip, ToElement(mapping)) is null;
    }));

    [Fact]
    public void Whatever_an_element_holds_reading_it_as_a_record_gives_one_or_none() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(20_000),
        Prop.ForAll(Arb.From(RecordGenerators.AnyElement), element =>
        {
            AttachmentRecord? attachment = AttachmentRecord.Parse(element);
            OwnerComment? owner = OwnerComment.Parse(element.Comment);
            MappingElement? v4 = MappingElement.From(NfFamily.Ip, element);
            return LinkRecord.Parse(element) is not null
                && (attachment is null || element.Value!.Value.Length is 4 or 16)
                && (owner is null || element.Comment!.StartsWith("1 ", StringComparison.Ordinal))
                && (v4 is null || MappingElement.From(NfFamily.Ip6, element) is null);
        }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 owner")]
    [InlineData("1  label")]
    [InlineData("2 owner label")]
    [InlineData("cni: owner label")]
    public void A_comment_of_another_version_or_of_a_stranger_names_no_owner(string? comment) =>
        Assert.Null(OwnerComment.Parse(comment));

    [Theory]
    [InlineData("2 1 net - label")]
    [InlineData("1 x net - label")]
    [InlineData("1 -1 net - label")]
    [InlineData("1 99999999999 net - label")]
    [InlineData("1 1 net -")]
    [InlineData("")]
    public void An_attachments_comment_that_cannot_be_read_is_no_record(string comment) => Assert.Null(AttachmentRecord.Parse(
        new Element(AttachmentRecord.Key("owner")) { Value = DataValue.FromAddress(IPAddress.Loopback), Comment = comment }));

    [Theory]
    [InlineData(null)]
    [InlineData("1")]
    [InlineData("1 route_localnet=")]
    [InlineData("1 route_localnet=-1")]
    [InlineData("2 route_localnet=0")]
    [InlineData("1 other=0")]
    public void A_links_comment_that_cannot_be_read_says_no_former_value(string? comment) =>
        Assert.Equal(new LinkRecord("cni0", null), LinkRecord.Parse(new Element(LinkRecord.Key("cni0")) { Comment = comment }));

    [Fact]
    public void Comments_fit_whatever_things_are_called() => Check.One(Many, Prop.ForAll(
        Arb.From(Gen.ArrayOf(RecordGenerators.AnyText, 4)),
        names =>
        {
            AttachmentId id = new(names[0], names[1], "eth0");
            string label = OwnerLabel.Make(
                id, new Dictionary<string, string> { ["K8S_POD_NAMESPACE"] = names[2], ["K8S_POD_NAME"] = names[3] });
            AttachmentRecord record = new(
                id.Owner, IPAddress.IPv6Loopback, int.MaxValue, AttachmentId.NetworkKey(id.Network), "é234567890123é"[..13],
                OwnerLabel.Container(id), label);
            return Fits(new OwnerComment(id.Owner, label).ToString())
                && Fits(record.ToElement().Comment) && Fits(NetworkRule.CommentFor(id.Network, names[1]));
        }));

    [Fact]
    public void The_longest_comments_fit()
    {
        string label = new('x', OwnerLabel.MaxLength);
        string link = new('i', 15);

        Assert.True(Fits(new OwnerComment(new string('o', 15), label).ToString()));
        Assert.True(Fits(new AttachmentRecord(
            new string('o', 15), IPAddress.Loopback, 65_535, new string('n', 11), link, new string('c', 12), label).ToElement().Comment));
        Assert.True(Fits(new LinkRecord(link, int.MaxValue).ToElement().Comment));
    }

    private static bool Fits(string? comment) => Encoding.UTF8.GetByteCount(comment!) <= UserData.MaxCommentLength;

    private static Element ToElement(MappingElement mapping)
    {
        DataValue protocol = DataValue.FromByte(mapping.Protocol);
        DataValue port = DataValue.FromPort(mapping.HostPort);
        return new Element(mapping.HostAddress is null
            ? DataValue.Concatenate(protocol, port)
            : DataValue.Concatenate(DataValue.FromAddress(mapping.HostAddress), protocol, port))
        {
            Value = DataValue.Concatenate(DataValue.FromAddress(mapping.Pod), DataValue.FromPort(mapping.ContainerPort)),
        };
    }
}
