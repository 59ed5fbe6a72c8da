using Berth.HostPorts.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Configuration;

/// <summary>Blocks of ports are sets of ports.</summary>
public class PortBlockTests
{
    private static Gen<PortBlock> Block { get; } =
        from first in Gen.OneOf(Gen.Choose(0, 30), Gen.Choose(65505, 65535))
        from count in Gen.Choose(1, 12)
        select new PortBlock((ushort)first, (ushort)Math.Min(first + count - 1, 65535));

    [Fact]
    public void What_is_left_of_a_block_is_what_a_set_of_ports_would_have_left() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Arb.From(Block), Arb.From(Gen.ListOf(Block)), (block, others) =>
        {
            List<int> expected = [.. Ports(block).Except(others.SelectMany(Ports)).Order()];
            return block.WithoutAll(others).SelectMany(Ports).SequenceEqual(expected);
        }));

    [Fact]
    public void What_two_blocks_have_in_common_is_what_sets_would_have() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Arb.From(Block), Arb.From(Block), (left, right) =>
        {
            List<int> both = [.. Ports(left).Intersect(Ports(right))];
            return (left.Meet(right) is PortBlock meet ? Ports(meet) : []).SequenceEqual(both)
                && left.Overlaps(right) == both.Count > 0;
        }));

    [Fact]
    public void Joined_blocks_are_the_same_ports_in_as_few_blocks_as_there_can_be() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Arb.From(Gen.ListOf(Block)), blocks =>
        {
            List<PortBlock> joined = PortBlock.Joined([.. blocks]);
            List<int> ports = [.. blocks.SelectMany(Ports).Distinct().Order()];
            int runs = ports.Where((port, i) => i == 0 || ports[i - 1] != port - 1).Count();
            return joined.SelectMany(Ports).SequenceEqual(ports) && joined.Count == runs;
        }));

    private static IEnumerable<int> Ports(PortBlock block) => Enumerable.Range(block.First, block.Count);
}
