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
        from last in Gen.OneOf<ushort?>(Gen.Constant<ushort?>(null), RecordGenerators.Port.Select(static port => (ushort?)port))
        select last is ushort end && end > hostPort
            ? new MappingElement(hasHost ? host : null, (byte)protocol, hostPort, pod, hostPort) { HostPortEnd = end }
            : new MappingElement(hasHost ? host : null, (byte)protocol, hostPort, pod, containerPort);

    private static readonly Gen<SupersededClaim> Claim =
        from mapping in Mapping
        from owner in RecordGenerators.Owner
        from label in RecordGenerators.Label
        from depth in Gen.OneOf(Gen.Choose(0, 9), Gen.Constant(int.MaxValue))
        from network in Gen.OneOf<string?>(Gen.Constant<string?>(null), RecordGenerators.Network.Select(static network => (string?)network))
        select new SupersededClaim(
            new OwnerComment(owner, label) { Depth = depth }, network, mapping.HostAddress, mapping.Protocol, mapping.HostPorts,
            mapping.Pod, mapping.HostPorts.IsOne ? Math.Max(mapping.ContainerPort, (ushort)1) : null);

    [Fact]
    public void An_owner_comment_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(
            from owner in RecordGenerators.Owner
            from label in RecordGenerators.Label
            from depth in Gen.Elements(0, 0, 1, 12, int.MaxValue)
            select new OwnerComment(owner, label) { Depth = depth }),
        comment => OwnerComment.Parse(comment.ToString()) == comment && OwnerComment.IsOf(comment.ToString(), comment.Owner)));

    [Fact]
    public void An_attachment_record_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(Attachment), record => AttachmentRecord.Parse(record.ToElement()) == record));

    [Fact]
    public void A_link_record_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(
        Arb.From(Link), record => LinkRecord.Parse(record.ToElement()) == record));

    [Fact]
    public void A_claim_reads_as_it_was_written() => Check.One(Many, Prop.ForAll(Arb.From(Claim), claim =>
    {
        NfFamily family = claim.Pod.GetAddressBytes().Length == 4 ? NfFamily.Ip : NfFamily.Ip6;
        Element element = claim.ToElement();
        return SupersededClaim.Parse(family, element) == claim && OwnerComment.IsOf(element.Comment, claim.Owner.Owner)
            && element.Key.Length == new TableSets(family).Superseded.KeyType.Length
            && element.Value!.Value.Length == new TableSets(family).Superseded.ValueType!.Value.Length
            && MappingElement.From(family, element) is null;
    }));

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
            _ = SupersededClaim.Parse(NfFamily.Ip, element);
            _ = SupersededClaim.Parse(NfFamily.Ip6, element);
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
            return Fits((new OwnerComment(id.Owner, label) with { Depth = int.MaxValue }).ToString())
                && Fits(record.ToElement().Comment) && Fits(NetworkRule.CommentFor(id.Network, AttachmentId.NetworkKey(names[1]), AttachmentId.NetworkKey(names[0])));
        }));

    [Fact]
    public void The_longest_comments_fit()
    {
        string label = new('x', OwnerLabel.MaxLength);
        string link = new('i', 15);

        OwnerComment owner = new(new string('o', 15), label) { Depth = int.MaxValue };
        Assert.True(Fits(owner.ToString()));
        Assert.True(Fits(new SupersededClaim(
            owner, new string('n', 11), null, 6, new(1, 2), IPAddress.Loopback, null).ToElement().Comment));
        Assert.True(Fits(new AttachmentRecord(
            new string('o', 15), IPAddress.Loopback, 65_535, new string('n', 11), link, new string('c', 12), label).ToElement().Comment));
        Assert.True(Fits(new LinkRecord(link, int.MaxValue).ToElement().Comment));
    }

    private static bool Fits(string? comment) => Encoding.UTF8.GetByteCount(comment!) <= UserData.MaxCommentLength;

    private static Element ToElement(MappingElement mapping)
    {
        bool isRange = !mapping.HostPorts.IsOne;
        DataValue pod = DataValue.FromAddress(mapping.Pod);
        return new Element(Key(mapping.HostPort))
        {
            KeyEnd = isRange ? Key(mapping.HostPortEnd) : null,
            Value = isRange ? pod : DataValue.Concatenate(pod, DataValue.FromPort(mapping.ContainerPort)),
        };

        DataValue Key(ushort port)
        {
            DataValue protocol = DataValue.FromByte(mapping.Protocol);
            return mapping.HostAddress is null
                ? DataValue.Concatenate(protocol, DataValue.FromPort(port))
                : DataValue.Concatenate(DataValue.FromAddress(mapping.HostAddress), protocol, DataValue.FromPort(port));
        }
    }
}
