using Berth.Netlink;

namespace Berth.NfTables.Tests.Wire;

/// <summary>Well-formed messages of every kind.</summary>
internal static class SampleMessages
{
    private static readonly Register First = new(0);
    private static readonly DataValue Four = DataValue.FromBytes([1, 2, 3, 4]);

    internal static readonly Expression[] Expressions =
    [
        Payload.DestinationPort(First), new Meta(MetaKey.Mark, First), new Meta(MetaKey.Mark, null, First),
        new ConntrackExpression(ConntrackKey.Labels, First) { Direction = 1 },
        new ConntrackExpression(ConntrackKey.Mark, null, First), new Fib(First, FibResult.AddressType, FibFlags.SourceAddress),
        Compare.IsEqual(First, Four), new RangeCompare(First, CompareOperator.NotEqual, Four, Four),
        Bitwise.And(First, DataValue.FromBytes([1, 2, 3])), new ByteOrder(First, First, ByteOrderOperation.ToHost, 4, 2),
        new Lookup("odd", First, First), new Lookup("even!", First) { IsInverted = true },
        new Lookup("v", First) { IsVerdict = true }, new Immediate(First, DataValue.FromBytes([7])),
        new Immediate(Verdict.Jump("a")), new Immediate(Verdict.Drop),
        new Nat(NatType.Source, NfFamily.Ip)
        {
            Address = First, AddressMax = new Register(4), Port = new Register(5), PortMax = new Register(6), Flags = 8,
        },
        new Masquerade { Flags = 4 }, new Counter { Packets = 1, Bytes = 2 },
        new UnknownExpression("quota", DataValue.FromBytes([8, 0, 1, 0, 0, 0, 0, 9])),
    ];

    internal static IEnumerable<byte[]> All
    {
        get
        {
            Table table = new(NfFamily.Ip, "table") { Flags = 1 };
            Chain chain = new(NfFamily.Ip, "table", "chain") { Hook = new ChainHook("nat", NfHook.Output, -90) };
            Set set = new(NfFamily.Ip, "table", "set", DataType.Mark)
            {
                Flags = SetFlags.Map,
                ValueType = DataType.Verdict,
                FieldLengths = [1, 2],
                TransactionId = 3,
            };
            Element[] elements =
            [
                new(Four) { KeyEnd = Four, Value = Four, Comment = "c" }, new(Four) { Verdict = Verdict.Jump("chain") },
                new(Four) { IsIntervalEnd = true },
            ];
            Transaction changes = new();
            changes.Add(table);
            changes.Add(chain);
            changes.Add(set);
            changes.Create(set, elements);
            changes.Add(new Rule(NfFamily.Ip, "table", "chain", Expressions) { Comment = "comment" });
            foreach (Expression expression in Expressions)
            {
                changes.Add(new Rule(NfFamily.Ip, "table", "chain", [expression]));
            }

            return changes.Changes.ToArray().Select(Bytes);
        }
    }

    internal static byte[] Bytes(NetlinkRequest request)
    {
        byte[] buffer = new byte[64 * 1024];
        MessageWriter writer = new(buffer);
        int start = writer.BeginMessage(request.Type, request.Flags, 1);
        request.Write(ref writer);
        writer.EndMessage(start);
        Assert.Equal(WriteFailure.None, writer.Failure);
        return writer.Written.ToArray();
    }
}
