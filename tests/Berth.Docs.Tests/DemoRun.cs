using System.Diagnostics;
using System.Text;

namespace Berth.Docs.Tests;

/// <summary>One run of <c>./demo</c>, which can be stopped in the middle, and what is left of it afterwards.</summary>
internal sealed class DemoRun : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);
    private static readonly string OwnNamespace = File.ResolveLinkTarget("/proc/self/ns/pid", false)!.Name;

    // Every process of the demo inherits it, so that /proc tells which ones are its own.
    private readonly string _mark = "BERTH_DEMO_MARK=" + Guid.NewGuid();
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("berth-docs-");
    private readonly HashSet<string> _namespaces = [];
    private readonly StringBuilder _output = new();
    private readonly string _before = HostState();
    private readonly Process _process;

    public DemoRun(string? portmap = null)
    {
        // Under nohup or in a background job SIGINT is ignored, and a shell cannot take that back.
        ProcessStartInfo start = new("env", ["--default-signal=INT,TERM,HUP", _mark, "./demo"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = _temporary.FullName;
        if (portmap is not null)
        {
            start.Environment["BERTH_PORTMAP"] = portmap;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Waits until the demo, which must not end before, has printed this; nginx is among its processes then.</summary>
    public void WaitForNginx(string text)
    {
        Until(
            () => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited,
            () => $"no '{text}' in:\n{Output}");
        Assert.False(_process.HasExited, $"{Output}\nthe demo ended{(_process.HasExited ? $" with {_process.ExitCode}" : "")}");
        Assert.Contains("nginx", Processes());
    }

    /// <summary>Sends a signal to the demo's own process, as <c>kill</c> does.</summary>
    public void Kill(string signal) =>
        Assert.Equal(0, ShellCommand.Run("bash", ["-c", $"kill -s {signal} {_process.Id}"]).ExitCode);

    public int WaitForEnd()
    {
        Assert.True(_process.WaitForExit(Limit), "the demo does not end:\n" + Output);
        return _process.ExitCode;
    }

    /// <summary>No process of the demo, no temporary file, and the host's namespaces, rules and links as before.
    /// <see cref="Output"/> is complete afterwards.</summary>
    public void AssertNothingIsLeft()
    {
        // The kernel takes down the namespaces of a killed process after its parent has seen it end.
        Until(() => Processes().Count == 0, () => "still running: " + string.Join(", ", Processes()));
        // Without a limit it waits for the end of the output too, which a survivor would have gone on writing.
        _process.WaitForExit();
        Assert.Empty(_temporary.GetFileSystemInfos());
        Assert.Equal(_before, HostState());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _temporary.Delete(recursive: true);
    }

    private static string HostState()
    {
        string links = string.Join('\n', Directory.GetDirectories("/sys/class/net").Order());
        string entries = string.Join('\n', Directory.GetFileSystemEntries("/run")
            .Concat(Directory.GetFileSystemEntries("/tmp", "berth-demo*")).Order());
        return string.Join('\n', [
            ShellCommand.Run("ip", ["netns", "list"]).Output,
            ShellCommand.Run("nft", ["list", "ruleset"]).Output,
            links,
            entries]);
    }

    private static void Until(Func<bool> holds, Func<string> otherwise)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, otherwise());
            Thread.Sleep(20);
        }
    }

    // By the mark, and by namespace too: nginx writes its title over its environment.
    private List<string> Processes()
    {
        List<string> found = [];
        foreach (string process in Directory.GetDirectories("/proc").Where(name => char.IsAsciiDigit(name[^1])))
        {
            try
            {
                string space = File.ResolveLinkTarget(Path.Combine(process, "ns/pid"), false)!.Name;
                if (File.ReadAllText(Path.Combine(process, "environ")).Contains(_mark, StringComparison.Ordinal))
                {
                    _namespaces.Add(space);
                }
                else if (space == OwnNamespace || !_namespaces.Contains(space))
                {
                    continue;
                }

                found.Add(File.ReadAllText(Path.Combine(process, "comm")).Trim());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended between the listing and the reading, or is none that even root may look into.
            }
        }

        return found;
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
            }
        }
    }
}
