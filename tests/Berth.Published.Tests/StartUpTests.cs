using System.Diagnostics;

namespace Berth.Published.Tests;

public sealed class StartUpTests
{
    private const int Runs = 40;

    // A few times what an idle machine shows: it catches a runtime that starts in full, not a busy neighbour, who spares
    // the fastest of many runs.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(25);

    [Fact]
    public void Portmap_starts_nearly_as_fast_as_an_empty_program()
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-start-");
        try
        {
            string empty = Path.Combine(place.FullName, "empty");
            ShellCommand compiled;
            try
            {
                compiled = ShellCommand.Run("gcc", ["-static", "-O2", "-x", "c", "-o", empty, "-"], "int main(){return 0;}");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("gcc is not installed: no empty program to compare with");
                return;
            }

            Assert.Equal((0, ""), (compiled.ExitCode, compiled.Error));
            (TimeSpan fastestEmpty, TimeSpan floor) = FastestAndMedian(empty);
            (TimeSpan fastest, TimeSpan portmap) = FastestAndMedian(PublishedFiles.Portmap);

            Console.WriteLine(
                $"    start-up, median of {Runs}: portmap VERSION {portmap.TotalMilliseconds:F1} ms, " +
                $"an empty static program {floor.TotalMilliseconds:F1} ms");
            Assert.InRange(fastest - fastestEmpty, TimeSpan.MinValue, Bound);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public void Portmap_starts_no_thread_and_reads_no_file_about_mounts_limits_or_its_own_memory()
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-start-");
        try
        {
            string trace = Path.Combine(place.FullName, "trace");
            ShellCommand end;
            try
            {
                end = ShellCommand.Run(
                    "strace",
                    ["-f", "-qq", "-o", trace, "-e", "trace=openat,open,clone,clone3,fork,vfork", "--", PublishedFiles.Portmap],
                    """{"cniVersion":"1.0.0"}""",
                    new Dictionary<string, string> { ["CNI_COMMAND"] = "VERSION", ["PATH"] = "/usr/bin:/bin" });
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Skip("strace is not installed");
                return;
            }

            Assert.Equal(0, end.ExitCode);
            string calls = File.ReadAllText(trace);
            Assert.Contains("openat", calls, StringComparison.Ordinal);
            Assert.DoesNotMatch("clone|fork|mountinfo|cgroup|/proc/self|devices/system/node", calls);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static (TimeSpan Fastest, TimeSpan Median) FastestAndMedian(string program)
    {
        List<TimeSpan> times = [];
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            ShellCommand end = ShellCommand.Run(
                program, [], """{"cniVersion":"1.0.0"}""", new Dictionary<string, string> { ["CNI_COMMAND"] = "VERSION" });
            times.Add(Stopwatch.GetElapsedTime(start));
            Assert.Equal(0, end.ExitCode);
        }

        times.Sort();
        return (times[0], times[Runs / 2]);
    }
}
