using Berth.Netlink;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.NfTables.Tests.Wire;

/// <summary>What is written is read back equal.</summary>
public sealed class WriteReadTests
{
    private static readonly Gen<DataValue> Values = Bytes(1, 64);

    private static readonly Gen<Register> Registers = Gen.Choose(0, 15).Select(word => new Register(word));

    private static readonly Gen<string> Names =
        Gen.Choose(1, 31).SelectMany(n => Gen.Choose('a', 'z').Select(c => new string((char)c, n)));

    private static readonly Gen<Verdict> Verdicts = Gen.OneOf(
        Gen.Elements(Verdict.Accept, Verdict.Drop, Verdict.Return), Names.Select(Verdict.Jump), Names.Select(Verdict.Goto));

    private static readonly Gen<uint> Numbers = ArbMap.Default.GeneratorFor<uint>();

    private static readonly Gen<Expression> Expressions = Gen.OneOf(
        Of(Registers, Gen.Choose(0, 2), Gen.Choose(0, 500), Gen.Choose(1, 16), (r, b, o, l) => new Payload(r, (PayloadBase)b, o, l)),
        Of(Registers, Numbers, (r, k) => new Meta((MetaKey)k, r)),
        Of(Registers, Numbers, (r, k) => new Meta((MetaKey)k, null, r)),
        Of(Registers, Numbers, (r, k) => new ConntrackExpression((ConntrackKey)k, r) { Direction = (k & 1) == 0 ? null : (byte)(k & 2) }),
        Of(Registers, Numbers, (r, k) => new ConntrackExpression((ConntrackKey)k, null, r)),
        Of(Registers, Numbers, (r, f) => new Fib(r, FibResult.AddressType, (FibFlags)f)),
        Of(Registers, Gen.Choose(0, 5), Values, (r, o, v) => new Compare(r, (CompareOperator)o, v)),
        Of(Registers, Values, Values, (r, a, b) => new RangeCompare(r, CompareOperator.NotEqual, a, b)),
        Of(Registers, Registers, Values, Values, (a, b, m, x) => new Bitwise(a, b, m, x)),
        Of(Registers, Registers, Gen.Choose(1, 16), Gen.Elements(2, 4, 8), (a, b, l, s) => new ByteOrder(a, b, ByteOrderOperation.ToNetwork, l, s)),
        Of(Names, Registers, Registers, (n, a, b) => new Lookup(n, a, b)),
        Of(Names, Registers, (n, a) => new Lookup(n, a) { IsInverted = true }),
        Of(Names, Registers, (n, a) => new Lookup(n, a) { IsVerdict = true }),
        Of(Registers, Values, (r, v) => new Immediate(r, v)),
        Verdicts.Select(v => (Expression)new Immediate(v)),
        Of(Gen.Choose(0, 8), Gen.Choose(8, 11), Numbers, (a, p, f) => new Nat(NatType.Destination, NfFamily.Ip6)
        {
            Address = new Register(a),
            AddressMax = (f & 1) == 0 ? null : new Register(a + 1),
            Port = new Register(p),
            PortMax = (f & 2) == 0 ? null : new Register(p + 1),
            Flags = f & ~3u,
        }),
        Numbers.Select(f => (Expression)new Masquerade { Flags = f }),
        Gen.Constant((Expression)new Counter()),
        Of(Names, Bytes(0, 20), (n, b) => new UnknownExpression("x" + n, PadToAttributes(b))));

    [Fact]
    public void Rules_are_read_as_written() => Check.QuickThrowOnFailure(Prop.ForAll(
        Expressions.ListOf().ToArbitrary(),
        expressions =>
        {
            Rule rule = new(NfFamily.Inet, "table", "chain", [.. expressions]) { Comment = "why" };
            Rule read = Written(changes => changes.Add(rule), RuleMessage.Read);
            Assert.True(rule.DoesTheSameAs(read), $"{string.Join("; ", rule.Expressions)}\n{string.Join("; ", read.Expressions)}");
            Assert.Equal((rule.Family, rule.Table, rule.Chain, rule.Comment), (read.Family, read.Table, read.Chain, read.Comment));
        }));

    [Fact]
    public void Elements_are_read_as_written() => Check.QuickThrowOnFailure(Prop.ForAll(
        Of4(Values, Values, Verdicts, Gen.Choose(0, 63), (key, value, verdict, kind) => new Element(key)
        {
            KeyEnd = (kind & 1) != 0 ? key : null,
            Value = (kind & 6) == 2 ? value : null,
            Verdict = (kind & 6) == 4 ? verdict : null,
            IsIntervalEnd = (kind & 8) != 0,
            Comment = (kind & 16) != 0 ? new string('\u00e9', kind) : null,
        }).NonEmptyListOf().ToArbitrary(),
        elements =>
        {
            Set set = new(NfFamily.Ip, "table", "set", DataType.Mark);
            Assert.Equal(elements, Written(changes => changes.Create(set, [.. elements]), ElementMessage.Read));
        }));

    [Fact]
    public void Sets_are_read_as_written() => Check.QuickThrowOnFailure(Prop.ForAll(
        Of4(Numbers, Gen.Choose(1, 64), Gen.Choose(1, 64).ListOf(), Numbers, (type, length, fields, flags) =>
            new Set(NfFamily.Ip6, "table", "set", new DataType(type, length))
            {
                Flags = (SetFlags)flags,
                ValueType = (flags & 1) == 0 ? null : new DataType(flags, length),
                FieldLengths = fields.Count == 0 ? null : [.. fields],
            }).ToArbitrary(),
        set => Assert.True(set.IsLike(Written(changes => changes.Add(set), SetMessage.Read)), set.ToString())));

    [Fact]
    public void Chains_are_read_as_written() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().SelectMany(p => Gen.Choose(0, 5).Select(h => new ChainHook("nat", (NfHook)h, p))).ToArbitrary(),
        hook =>
        {
            Chain chain = new(NfFamily.Ip, "table", "chain") { Hook = hook with { Policy = (VerdictKind)(hook.Priority & 1) } };
            Assert.Equal(chain, Written(changes => changes.Add(chain), ChainMessage.Read));
        }));

    [Fact]
    public void Fields_of_a_concatenation_start_at_whole_registers_and_their_padding_is_zero() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Bytes(1, 17).ListOf().ToArbitrary(),
            fields =>
            {
                DataValue whole = DataValue.Concatenate([.. fields]);
                int position = 0;
                foreach (DataValue field in fields)
                {
                    Assert.Equal(field, whole.Field(position, field.Length));
                    int padded = DataValue.PaddedLength(field.Length);
                    Assert.InRange(padded - field.Length, 0, 3);
                    Assert.Equal(-1, whole.Bytes[(position + field.Length)..(position + padded)].IndexOfAnyExcept((byte)0));
                    position += padded;
                }

                Assert.Equal(position, whole.Length);
                Assert.Equal(0, position % 4);
            }));

    [Theory]
    [InlineData("s")]
    [InlineData("se")]
    [InlineData("set")]
    [InlineData("sets")]
    [InlineData("sets-of-five")]
    public void Attributes_of_an_expression_are_found_behind_any_padding(string name)
    {
        Lookup lookup = new(name, new Register(3), new Register(5)) { IsInverted = true };
        Rule rule = new(NfFamily.Ip, "t", "c", [lookup]);
        Assert.Equal([lookup], Written(changes => changes.Add(rule), RuleMessage.Read).Expressions);
    }

    [Fact]
    public void Every_register_has_a_number_and_is_found_by_it()
    {
        Assert.All(Enumerable.Range(0, 16), word => Assert.Equal(new Register(word), Register.FromNumber(new Register(word).Number)));
        Assert.All(Enumerable.Range(0, 16), word => Assert.Equal(new Register(word), Register.FromNumber((uint)word + 8)));
        Assert.All<uint>([0, 5, 6, 7, 24, uint.MaxValue], number => Assert.Null(Register.FromNumber(number)));
    }

    private static T Written<T>(Action<Transaction> change, DumpReader<T> read)
        where T : class
    {
        Transaction transaction = new();
        change(transaction);
        foreach (NetlinkMessage message in new MessageReader(SampleMessages.Bytes(Assert.Single(transaction.Changes.ToArray()))))
        {
            return Assert.IsAssignableFrom<T>(read(message));
        }

        throw new InvalidOperationException("nothing was written");
    }

    private static Gen<DataValue> Bytes(int least, int most) => Gen.Choose(least, most).SelectMany(
        n => ArbMap.Default.GeneratorFor<byte>().ArrayOf(n).Select(b => DataValue.FromBytes(b)));

    // Unknown expressions are attributes too: the bytes become the value of one.
    private static DataValue PadToAttributes(DataValue value)
    {
        byte[] bytes = new byte[4 + DataValue.PaddedLength(value.Length)];
        (bytes[0], bytes[2]) = ((byte)bytes.Length, 1);
        value.Bytes.CopyTo(bytes.AsSpan(4));
        return DataValue.FromBytes(bytes);
    }

    private static Gen<Expression> Of<A, B>(Gen<A> a, Gen<B> b, Func<A, B, Expression> make) =>
        a.SelectMany(x => b.Select(y => make(x, y)));

    private static Gen<Expression> Of<A, B, C>(Gen<A> a, Gen<B> b, Gen<C> c, Func<A, B, C, Expression> make) =>
        a.SelectMany(x => b.SelectMany(y => c.Select(z => make(x, y, z))));

    private static Gen<Expression> Of<A, B, C, D>(Gen<A> a, Gen<B> b, Gen<C> c, Gen<D> d, Func<A, B, C, D, Expression> make) =>
        Of4(a, b, c, d, make);

    private static Gen<T> Of4<A, B, C, D, T>(Gen<A> a, Gen<B> b, Gen<C> c, Gen<D> d, Func<A, B, C, D, T> make) =>
        a.SelectMany(x => b.SelectMany(y => c.SelectMany(z => d.Select(w => make(x, y, z, w)))));
}
