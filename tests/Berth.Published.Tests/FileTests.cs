namespace Berth.Published.Tests;

public sealed class FileTests
{
    private const long PortmapBudget = 4_000_000;
    private const long BerthBudget = 16_000_000;

    public static IEnumerable<TheoryDataRow<string>> Names => PublishedFiles.Names();

    [Fact]
    public void Portmap_stays_within_its_size_budget() =>
        Assert.InRange(new FileInfo(PublishedFiles.Portmap).Length, 1, PortmapBudget);

    [Fact]
    public void Berth_stays_within_its_size_budget() =>
        Assert.InRange(new FileInfo(PublishedFiles.Berth).Length, 1, BerthBudget);

    [Theory, MemberData(nameof(Names))]
    public void A_published_file_needs_no_loader_and_no_library(string name)
    {
        ElfFile file = ElfFile.Read(Path.Combine(PublishedFiles.Directory, name));

        Assert.False(file.HasInterpreter);
        Assert.Equal(0, file.NeededLibraries);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_published_file_is_stripped_and_everyone_may_run_it(string name)
    {
        string path = Path.Combine(PublishedFiles.Directory, name);

        Assert.False(ElfFile.Read(path).HasSymbols);
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(path), 8));
    }

    [Fact]
    public void The_parser_tells_a_program_of_this_system_from_a_static_one()
    {
        ElfFile dynamic = ElfFile.Read("/bin/sh");

        Assert.True(dynamic.HasInterpreter);
        Assert.NotEqual(0, dynamic.NeededLibraries);
    }
}
