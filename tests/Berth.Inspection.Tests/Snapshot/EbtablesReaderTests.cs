using System.Text;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Snapshot;

public sealed class EbtablesReaderTests
{
    // struct ebt_entries
    private static byte[] Chain(string name, int policy, int rules)
    {
        byte[] chain = new byte[48];
        Encoding.ASCII.GetBytes(name, chain.AsSpan(4));
        BitConverter.TryWriteBytes(chain.AsSpan(40), policy);
        BitConverter.TryWriteBytes(chain.AsSpan(44), rules);
        return chain;
    }

    // struct ebt_entry, with a target behind it
    private static byte[] Rule(int size)
    {
        byte[] rule = new byte[Math.Max(size, 112)];
        rule[0] = 1;
        BitConverter.TryWriteBytes(rule.AsSpan(108), size);
        return rule;
    }

    [Fact]
    public void Built_in_chains_are_read_with_their_policy_and_the_number_of_their_rules()
    {
        List<EbtablesChain> chains = EbtablesReader.Parse(
            "filter", [.. Chain("INPUT", -1, 0), .. Chain("FORWARD", -1, 2), .. Rule(160), .. Rule(152), .. Chain("OUTPUT", -2, 0), .. Chain("mine", -1, 1), .. Rule(160)]);
        Assert.Equal(
            [
                new("filter", "INPUT", NfHook.Input, 0, false),
                new("filter", "FORWARD", NfHook.Forward, 2, false),
                new("filter", "OUTPUT", NfHook.Output, 0, true),
            ],
            chains);
        Assert.Equal("ebtables filter FORWARD", chains[1].ToString());
        Assert.Equal(NfHook.Prerouting, Assert.Single(EbtablesReader.Parse("broute", Chain("BROUTING", -1, 0))).Hook);
    }

    [Fact]
    public void What_does_not_end_where_it_must_is_refused()
    {
        byte[] whole = [.. Chain("INPUT", -1, 1), .. Rule(160)];
        Assert.Throws<IOException>(() => EbtablesReader.Parse("filter", whole.AsSpan(0, whole.Length - 1)));
        Assert.Throws<IOException>(() => EbtablesReader.Parse("filter", [.. Chain("INPUT", -1, 1), .. Rule(0)]));
        Assert.Throws<IOException>(() => EbtablesReader.Parse("filter", [.. Chain("INPUT", -1, 1), .. Rule(-8)]));
        Assert.Throws<IOException>(() => EbtablesReader.Parse("filter", whole.AsSpan(0, 20)));
    }
}
