using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Tests;

/// <summary>A benchmark that would pass whatever was measured would prove nothing.</summary>
public sealed class ExpectationTests
{
    [Theory]
    [InlineData(2.0, "PASS")]
    [InlineData(2.1, "FAIL")]
    public void One_port_is_held_against_an_empty_program(double above, string verdict) => Assert.Equal(
        verdict, Verdict("within 2 ms", Empty with { Floor = Of(1), AmongMappings = [Row("ADD", 0, 1 + above, 100)] }));

    [Fact]
    public void One_port_is_split_into_the_start_and_the_mapping() => Assert.Contains(
        Expectation.Judge(Empty with { Floor = Of(1), AmongMappings = [Row("ADD", 0, 2.75, 100), Row("VERSION", 0, 1.5, 3)] }),
        one => one.Found == "1.75 ms, of which 0.50 ms are the start and 1.25 ms the mapping");

    [Fact]
    public void Without_an_empty_program_nothing_is_judged() =>
        Assert.Throws<BenchException>(() => Expectation.Judge(Empty with { AmongMappings = [Row("ADD", 0, 1, 100)] }));

    // A bump in the middle is no flat line.
    [Theory]
    [InlineData(2.2, 2.4, "PASS")]
    [InlineData(2.6, 2.1, "FAIL")]
    [InlineData(2.1, 2.6, "FAIL")]
    public void All_numbers_of_mappings_are_near_each_other(double some, double many, string verdict) => Assert.Equal(
        verdict,
        Verdict("ms apart", Empty with
        {
            Floor = Of(1),
            AmongMappings = [Row("ADD", 0, 2, 100), Row("ADD", 1_000, some, 100), Row("ADD", 10_000, many, 100)],
        }));

    [Theory]
    [InlineData("ADD", 0, 10, "PASS")]
    [InlineData("ADD", 0, 9.9, "FAIL")]
    [InlineData("DEL", 5_000, 50, "PASS")]
    [InlineData("DEL", 5_000, 49, "FAIL")]
    public void One_port_is_held_against_the_reference(string operation, int mappings, double times, string verdict) => Assert.Equal(
        verdict, Verdict("the reference's time", Empty with { Floor = Of(1), AmongMappings = [Row(operation, mappings, 2, 2 * times)] }));

    [Theory]
    [InlineData("nftables", 10, "PASS")]
    [InlineData("nftables", 9.9, "FAIL")]
    [InlineData("iptables", 100, "PASS")]
    [InlineData("iptables", 99, "FAIL")]
    public void Many_ports_are_held_against_the_reference(string backend, double times, string verdict)
    {
        Case what = new("ADD", 1_000, 0) { Backend = backend };
        Assert.Equal(verdict, Verdict("1,000 ports", Empty with { ManyPorts = [new(what, 1, Of(2), Of(2 * times), Of(times))] }));
    }

    [Theory]
    [InlineData("iptables", "CHECK", 100)]
    [InlineData("iptables", "DEL", 1_000)]
    public void What_is_not_promised_says_so_with_its_number_and_fails_nothing(string backend, string operation, int ports)
    {
        Case what = new(operation, ports, 0) { Backend = backend };

        Expectation expectation = Assert.Single(Expectation.Judge(Empty with { ManyPorts = [new(what, 1, Of(2), Of(3), Of(1.5))] }));

        Assert.Equal(("not promised", "1/1.5", true), (expectation.Verdict, expectation.Found, expectation.IsTolerable));
    }

    // A CHECK that is slow for another reason than its questions is a failure, and so is one that is far too slow.
    [Theory]
    [InlineData(10, 1_249, "PASS", "1/10.0")]
    [InlineData(7.3, 1_249, "explained", "1/7.3, 1,249 system calls: a question for each port")]
    [InlineData(7.3, 300, "FAIL", "1/7.3")]
    [InlineData(4.9, 1_249, "FAIL", "1/4.9, 1,249 system calls: a question for each port")]
    public void A_CHECK_is_explained_by_its_questions_or_fails(double times, int calls, string verdict, string found)
    {
        Case what = new("CHECK", 1_000, 0);

        Expectation expectation = Expectation.Judge(Empty with
        {
            ManyPorts = [new(what, 1, Of(2), Of(2 * times), Of(times))],
            Expenses = [new(what, new Cost(3_000, 0, calls), null)],
        })[0];

        Assert.Equal((verdict, found), (expectation.Verdict, expectation.Found));
    }

    [Fact]
    public void The_time_of_a_GC_is_said() => Assert.Equal(
        ("not promised", "GC of 1,000 stale among 5,000, 100 a pod: time", "11.0 ms"),
        Expectation.Judge(Empty with { Collection = [new(1_000, 5_000, 100, 20, Of(11), null, 0) { PeakKibibytes = 8_000 }] })
            .Select(static one => (one.Verdict, one.Text, one.Found)).Single());

    [Theory]
    [InlineData("go1.26.5", "path\tgithub.com/p/portmap\nmod\tgithub.com/p\tv1.9.1\th1:x\n", "go1.26.5 github.com/p/portmap github.com/p v1.9.1")]
    [InlineData("go1.26.5", "path\tgithub.com/p/portmap\nbuild\t-trimpath=true\n", "go1.26.5 github.com/p/portmap")]
    [InlineData("go1.26.5", "", "go1.26.5")]
    public void The_reference_is_known_by_what_its_file_says_of_its_build(string compiler, string modules, string text)
    {
        byte[] marked = modules.Length == 0 ? [] : [.. new byte[16], .. Encoding.UTF8.GetBytes(modules), .. new byte[16]];
        byte[] file =
        [
            1, 2, 3, 0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], (byte)compiler.Length, .. Encoding.UTF8.GetBytes(compiler), (byte)marked.Length,
            .. marked, 9, 9,
        ];

        Assert.Equal(text, GoBuild.Describe(file));
        for (int length = 0; length < file.Length; length++)
        {
            _ = GoBuild.Describe(file.AsSpan(0, length));
        }

        Assert.Null(GoBuild.Describe("no such program"u8));
    }

    [Theory]
    [InlineData(0, "PASS")]
    [InlineData(1, "FAIL")]
    public void A_child_process_on_nftables_is_seen(int children, string verdict) => Assert.Equal(
        verdict, Verdict("child processes", Empty with { Expenses = [new(new Case("ADD", 1, 0), new Cost(3_000, children, 200), null)] }));

    // 10 MB are 9,765 KiB. What is above is explained by objects alone, not by a program that grew.
    [Theory]
    [InlineData(9_700, 6_000, "")]
    [InlineData(14_000, 10_500, "explained")]
    [InlineData(14_000, 8_000, "FAIL")]
    [InlineData(24_400, 20_900, "explained")]
    [InlineData(24_500, 21_000, "FAIL")]
    public void Memory_above_the_limit_is_explained_by_what_was_read_or_fails(int total, int objects, string verdict) => Assert.Equal(
        verdict,
        string.Concat(Expectation.Judge(Empty with { Memory = [new("a call", "ADD", total, total - objects, 0, objects, 0, 900)] })
            .Select(static expectation => expectation.Verdict)));

    [Theory]
    [InlineData(9_700, "PASS")]
    [InlineData(9_800, "FAIL")]
    public void Peak_memory_is_held_against_its_limit(int kibibytes, string verdict) => Assert.Equal(
        verdict, Verdict("peak memory", Empty with { Expenses = [new(new Case("ADD", 1_000, 0), new Cost(kibibytes, 0, 200), null)] }));

    [Theory]
    [InlineData(22, "PASS")]
    [InlineData(22.1, "FAIL")]
    public void A_connection_through_the_last_mapping_is_held_against_the_first(double last, string verdict) => Assert.Equal(
        verdict, Verdict("connect through", Empty with { Traffic = [Through(Route.Mapped, 0, 20), Through(Route.Mapped, 10_000, last)] }));

    [Theory]
    [InlineData(1.05, "PASS")]
    [InlineData(1.06, "FAIL")]
    public void A_connection_that_no_mapping_is_about_is_held_against_a_node_without_any(double relative, string verdict) => Assert.Equal(
        verdict, Verdict("forwarded", Empty with { Traffic = [Through(Route.Direct, 5_000, 20) with { Relative = Of(relative) }] }));

    private static Traffic Through(Route route, int mappings, double connect) => new("portmap", mappings, route, 100, Of(connect), Of(0), Of(0), Of(0), null);

    private static Report Empty { get; } = new(
        "", DateTimeOffset.UnixEpoch, 1, new Machine("", "", "", "", ""), new Contender("", "", 0, ""), new Contender("", "", 0, ""));

    private static string Verdict(string text, Report report) =>
        Assert.Single(Expectation.Judge(report), expectation => expectation.Text.Contains(text, StringComparison.Ordinal)).Verdict;

    private static Comparison Row(string operation, int mappings, double portmap, double reference) =>
        new(new Case(operation, 1, mappings), 1, Of(portmap), Of(reference), Of(reference / portmap));

    private static Distribution Of(double median) => new(median, median, median);
}
