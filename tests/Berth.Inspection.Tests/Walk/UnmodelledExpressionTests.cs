using System.Buffers.Binary;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk;

public sealed class UnmodelledExpressionTests
{
    private static readonly Register First = new(0);

    private static readonly Expression PortWrite = Kind("payload", (2, 2), (3, 2), (4, 2), (5, 8));

    private static WalkAnswer Explain(params Expression[] expressions) => Explain([], expressions);

    private static WalkAnswer Explain(IReadOnlyList<RulesetSet> sets, params Expression[] expressions)
    {
        ChainHook hook = new("filter", NfHook.Prerouting, -310);
        RulesetChain chain = new("c", 1, hook, [new RulesetRule(1, expressions, null)]);
        NodeSnapshot node = WalkNodes.Of() with
        {
            NfTables = Part.Of(new Ruleset(1, true, [new RulesetTable(NfFamily.Ip, "t", 0, [chain], sets)])),
        };
        return PacketWalk.Explain(node, WalkNodes.To("10.1.0.3", 80) with { Interface = "eth0" });
    }

    private static UnknownExpression Kind(string name, params (ushort Type, uint Number)[] attributes)
    {
        byte[] data = new byte[attributes.Length * 8];
        for (int i = 0; i < attributes.Length; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(i * 8), (ushort)8);
            BitConverter.TryWriteBytes(data.AsSpan((i * 8) + 2), attributes[i].Type);
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan((i * 8) + 4), attributes[i].Number);
        }

        return new UnknownExpression(name, DataValue.FromBytes(data));
    }

    private static Immediate Load(params byte[] bytes) => new(First, DataValue.FromBytes(bytes));

    private static void AssertDepends(string on, WalkAnswer answer)
    {
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Contains(answer.Ways.SelectMany(static way => way.Conditions), condition => condition.Text.Contains(on, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_modelled_is_never_the_same_either_way()
    {
        AssertDepends("the expression fwd changes nothing, which is not modelled", Explain(Kind("fwd", (1, 8))));
        AssertDepends("synproxy, which is not modelled, does nothing", Explain(Kind("synproxy", (1, 1460))));
        AssertDepends("synproxy, which is not modelled, does nothing", Explain(Kind("objref", (1, 10))));
    }

    [Fact]
    public void What_only_loads_changes_nothing_and_is_compared_as_unknown()
    {
        Assert.Equal(WalkConclusion.Delivered, Explain(Kind("xfrm", (1, 8))).Conclusion);
        AssertDepends("the expression xfrm", Explain(
            Kind("xfrm", (1, 8)), Compare.IsEqual(First, DataValue.FromBytes([5, 0, 0, 0])), new Immediate(Verdict.Drop)));
    }

    [Fact]
    public void A_header_that_is_written_without_its_checksum_may_not_be_taken()
    {
        AssertDepends("that the checksum is not mended does no harm", Explain(Load(0, 81), PortWrite));
        WalkAnswer mended = Explain(Load(0, 81), Kind("payload", (2, 2), (3, 2), (4, 2), (5, 8), (6, 1), (7, 16)));
        Assert.Equal((WalkConclusion.Delivered, (ushort)81), (mended.Conclusion, mended.Ways[0].End.Port));
        // What is written is what is there already: nothing changes.
        Assert.Equal(WalkConclusion.Delivered, Explain(Load(0, 80), PortWrite).Conclusion);
    }

    [Fact]
    public void Bytes_that_are_not_modelled_may_change_where_it_ends()
    {
        AssertDepends("what is written into the packet changes nothing", Explain(Load(17), Kind("payload", (2, 1), (3, 9), (4, 1), (5, 8), (6, 1), (7, 10))));
        AssertDepends("what is written into the packet changes nothing", Explain(Load(2), Kind("payload", (2, 0), (3, 0), (4, 1), (5, 8))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_element_with_a_limit_of_its_own_may_not_be_found(bool isConditional)
    {
        RulesetSet set = new("s", 1, SetFlags.None, DataType.Ipv4Address, null, null, [new Element(DataValue.FromBytes([10, 1, 0, 3])) { IsConditional = isConditional }]);
        Expression[] drop = [Payload.DestinationAddress(First, NfFamily.Ip), new Lookup("s", First), new Immediate(Verdict.Drop)];
        Assert.Equal(isConditional ? WalkConclusion.Depends : WalkConclusion.Refused, Explain([set], drop).Conclusion);
    }
}
