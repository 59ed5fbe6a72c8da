using System.Diagnostics;
using System.Text;

namespace Berth.Lab.Tests.Kernel;

/// <summary>One run of the published <c>berth lab</c>, and what is left of it: every process of a lab inherits its mark.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly string _mark = "BERTH_LAB_MARK=" + Guid.NewGuid();
    private readonly string _before = HostState();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private LabProcess(params IEnumerable<string> command)
    {
        // A process group of its own, as in a terminal. Under nohup or in a background job SIGINT is ignored, and .NET does not
        // take that back.
        ProcessStartInfo start = new(
            "setsid", ["env", "--default-signal=INT,TERM,HUP", _mark, $"BERTH_PORTMAP={PublishedFiles.Portmap}", .. command])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process = Process.Start(start)!;
        Process.StandardInput.Close();
        Process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        Process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts one that is not waited for.</summary>
    public static LabProcess Start(params string[] arguments) => new([PublishedFiles.Berth, "lab", .. arguments]);

    /// <summary>Runs one to its end, after which nothing may be left.</summary>
    public static LabProcess Run(params string[] arguments)
    {
        LabProcess lab = Start(arguments);
        lab.Wait();
        lab.AssertNothingIsLeft();
        return lab;
    }

    /// <summary>Runs one to its end, which leaves something on purpose.</summary>
    public static LabProcess RunAndLeave(params string[] arguments)
    {
        LabProcess lab = Start(arguments);
        lab.Wait();
        return lab;
    }

    /// <summary>Runs another program to its end.</summary>
    public static LabProcess Program(params IEnumerable<string> command)
    {
        LabProcess program = new(command);
        program.Wait();
        return program;
    }

    /// <summary>Fails unless the exit code was this one.</summary>
    public LabProcess ExitsWith(int code)
    {
        Assert.True(Process.ExitCode == code, $"exit code {Process.ExitCode} and not {code}\n{Errors}\n{Output}");
        return this;
    }

    /// <summary>Waits for its end.</summary>
    public void Wait()
    {
        if (!Process.WaitForExit(Limit))
        {
            Process.Kill(entireProcessTree: true);
            Assert.Fail($"not finished after {Limit}\n{Errors}\n{Output}");
        }

        // Until its output is read to the end: without a limit that is what this one waits for.
        Process.WaitForExit();
    }

    /// <summary>Fails unless every process of it is gone, within a while, and the machine's own namespaces are as before.</summary>
    public void AssertNothingIsLeft()
    {
        Until(() => Marked().Count == 0, () => $"still there: {string.Join(", ", Marked())}");
        Assert.Equal(_before, HostState());
    }

    /// <summary>Waits until there is a process of the lab whose command line holds a text.</summary>
    public void WaitForProcess(string text) => Until(
        () => Process.HasExited || Marked().Any(command => command.Contains(text, StringComparison.Ordinal)),
        () => $"no {text} among {string.Join(", ", Marked())}\n{Errors}\n{Output}");

    public void Dispose()
    {
        foreach (int process in MarkedProcesses())
        {
            try
            {
                System.Diagnostics.Process.GetProcessById(process).Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It ended meanwhile.
            }
        }

        Process.Dispose();
    }

    private static void Until(Func<bool> done, Func<string> complaint)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!done())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), complaint());
            Thread.Sleep(20);
        }
    }

    // What a lab must not touch.
    private static string HostState() => string.Join('\n',
        Command("ip", "-o", "link"), Command("ip", "route"), Command("nft", "list", "ruleset"),
        Directory.Exists("/run/netns") ? string.Join(' ', Directory.GetFiles("/run/netns")) : "",
        string.Join('\n', File.ReadAllLines("/proc/self/mounts").Where(static mount => mount.Contains("berth-lab", StringComparison.Ordinal))),
        File.ReadAllText("/proc/sys/net/ipv4/ip_forward"));

    private static string Command(string program, params string[] arguments)
    {
        using Process process = System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            // The end of the stream is a null.
            _ = line is null ? text : text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private List<string> Marked() =>
        [.. MarkedProcesses().Select(static process => Read($"/proc/{process}/cmdline").Replace('\0', ' ')).Where(static text => text.Length > 0)];

    private IEnumerable<int> MarkedProcesses()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out int process) && IsMarked(directory))
            {
                yield return process;
            }
        }
    }

    private bool IsMarked(string directory) => Read(directory + "/environ").Split('\0').Contains(_mark);

    // Nothing of a process that has ended meanwhile, or is somebody else's.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
