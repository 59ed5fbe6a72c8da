using System.Net.Sockets;
using Berth.Inspection.Tests.Kernel;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>
/// A rule is the same whichever way it was had: as text, from nf_tables, or from the kernel's own structures. What prints
/// it is judged by iptables-save itself.
/// </summary>
public sealed class ReaderTests : KernelTests
{
    public static TheoryData<string> Files => [.. CorpusFile.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Rules_read_from_nf_tables_print_as_iptables_nft_save_prints_them(string name)
    {
        CorpusFile file = new(name);
        file.MakeSets();
        string saved = file.Apply("nft");
        NodeSnapshot snapshot = Read();
        SavedTables text = SavedTables.Index(file.Family, saved);
        NfFamily family = file.Family == AddressFamily.InterNetworkV6 ? NfFamily.Ip6 : NfFamily.Ip;

        List<string> differences = [];
        foreach (var lines in CorpusFile.Rules(saved).GroupBy(static rule => (rule.Table, rule.Chain)))
        {
            (string tableName, string chainName) = lines.Key;
            RulesetTable table = snapshot.NfTables.Value!.Tables.Single(table => table.Family == family && table.Name == tableName);
            RulesetChain chain = table.Chains.Single(chain => chain.Name == chainName);
            IReadOnlyList<IptablesRule> parsed = text.Tables[tableName].Rules(chainName);
            Assert.Equal(lines.Count(), chain.Rules.Count);
            foreach ((string line, RulesetRule rule, IptablesRule other) in lines.Select(static rule => rule.Line).Zip(chain.Rules, parsed))
            {
                IptablesRule? read = (IptablesRule?)IptablesPrograms.FromNft(snapshot, family, tableName, chainName, rule);
                Compare(differences, line, read, other);
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rules_that_iptables_legacy_save_prints_are_read_and_printed_again(string name)
    {
        CorpusFile file = new(name);
        file.MakeSets();
        string saved = file.Apply("legacy");
        try
        {
            SavedTables text = SavedTables.Index(file.Family, saved);
            List<string> differences = [];
            foreach (var lines in CorpusFile.Rules(saved).GroupBy(static rule => (rule.Table, rule.Chain)))
            {
                IReadOnlyList<IptablesRule> parsed = text.Tables[lines.Key.Table].Rules(lines.Key.Chain);
                foreach ((string line, IptablesRule rule) in lines.Select(static rule => rule.Line).Zip(parsed))
                {
                    if (rule.Text != line || (rule.Print() != line && !HasUnknown(rule)))
                    {
                        differences.Add($"{line}\n{rule.Print()}");
                    }
                }
            }

            Assert.True(differences.Count == 0, string.Join('\n', differences));
        }
        finally
        {
            file.Remove("legacy");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rules_read_from_the_kernels_own_structures_print_as_iptables_legacy_save_prints_them(string name)
    {
        CorpusFile file = new(name);
        file.MakeSets();
        string saved = file.Apply("legacy");
        try
        {
            SavedTables text = SavedTables.Index(file.Family, saved);
            NfFamily family = file.Family == AddressFamily.InterNetworkV6 ? NfFamily.Ip6 : NfFamily.Ip;
            IReadOnlyList<WalkProgram> programs = LegacyTablesHere.Read(Read()).Value!;
            List<string> differences = [];
            foreach (var lines in CorpusFile.Rules(saved).GroupBy(static rule => (rule.Table, rule.Chain)))
            {
                WalkProgram program = programs.First(program => program.Family == family && program.Table == lines.Key.Table);
                IReadOnlyList<IptablesRule> parsed = text.Tables[lines.Key.Table].Rules(lines.Key.Chain);
                IReadOnlyList<WalkRule> read = program.Rules(lines.Key.Chain);
                Assert.Equal(parsed.Count, read.Count);
                foreach ((string line, WalkRule rule, IptablesRule other) in lines.Select(static rule => rule.Line).Zip(read, parsed))
                {
                    Compare(differences, line, (IptablesRule)rule, other);
                }
            }

            Assert.True(differences.Count == 0, string.Join('\n', differences));
            Assert.All(
                programs.Where(program => program.Family == family),
                program => Assert.Equal(text.Tables[program.Table].Policy(program.Chain), program.Policy));
        }
        finally
        {
            file.Remove("legacy");
        }
    }

    // Where a structure is not modelled, its words are not known.
    private static void Compare(List<string> differences, string line, IptablesRule? read, IptablesRule parsed)
    {
        if (read is null)
        {
            differences.Add($"{line}\nnot read");
            return;
        }

        if (HasUnknown(read))
        {
            Assert.True(HasUnknown(parsed), $"{line}\n{read.Print()}");
            return;
        }

        if (read.Print() != line || parsed.Print() != line)
        {
            differences.Add($"{line}\n{read.Print()}\n{parsed.Print()}");
        }
        else if (read.Header != parsed.Header || read.Body != parsed.Body)
        {
            differences.Add($"{line}\n{read.Header} {string.Join(' ', read.Matches)} {read.Target}\n{parsed.Header} {string.Join(' ', parsed.Matches)} {parsed.Target}");
        }
    }

    private static bool HasUnknown(IptablesRule rule) =>
        rule.Target is UnknownTarget || rule.Matches.Any(static match => match is UnknownMatch);
}
