using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Lab;

/// <summary>Runs programs in the places of a lab, and counts them: each one takes milliseconds, and a lab must be quick.</summary>
internal sealed class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>How many were started.</summary>
    public int Count { get; private set; }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="LabUnsupportedException">There is no such program.</exception>
    public ProgramOutput Run(Place place, string program, IEnumerable<string> arguments, string input = "", TimeSpan? limit = null)
    {
        using Process process = Start(place, program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; its exit code and errors say why.
        }

        if (!process.WaitForExit(limit ?? Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new LabException($"{program} on {place.Name}: not finished after {(limit ?? Limit).TotalSeconds:0} s, and killed");
        }

        return new ProgramOutput(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    /// <summary>Runs a program that must succeed.</summary>
    /// <exception cref="LabException">It did not; the message is what it said.</exception>
    public string Must(Place place, string program, IEnumerable<string> arguments, string input = "")
    {
        string[] words = [.. arguments];
        ProgramOutput output = Run(place, program, words, input);
        return output.ExitCode == 0
            ? output.Output
            : throw new LabException($"{program} {string.Join(' ', words)} on {place.Name}: exit code {output.ExitCode}: {output.Words}");
    }

    /// <summary>Starts a program with all three streams redirected.</summary>
    /// <exception cref="LabUnsupportedException">There is no such program.</exception>
    public Process Start(Place place, string program, IEnumerable<string> arguments, Action<ProcessStartInfo>? adapt = null)
    {
        // nsenter would say that it cannot execute it, with an exit code that could be the program's own.
        string file = Find(program)
            ?? throw new LabUnsupportedException($"there is no program {program} here: {Remedy(program)}");
        ProcessStartInfo start = place.Enter.Count == 0
            ? new(file, arguments)
            : new("nsenter", [.. place.Enter, "--", file, .. arguments]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        adapt?.Invoke(start);
        Count++;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new LabUnsupportedException($"{start.FileName} cannot be started: {e.Message}");
        }
    }

    // Debian's packages.
    private static string Remedy(string program) => program switch
    {
        "netstat" => "apt-get install net-tools",
        "lsof" or "tcpdump" or "ipset" or "ipvsadm" or "curl" => $"apt-get install {program}",
        "nft" => "apt-get install nftables",
        "ip" or "ss" => "apt-get install iproute2",
        "nginx" => "apt-get install nginx-light",
        _ when program.StartsWith("mariadb", StringComparison.Ordinal) => "apt-get install mariadb-server",
        _ when program.StartsWith("ip", StringComparison.Ordinal) && program.Contains("tables", StringComparison.Ordinal) => "apt-get install iptables",
        _ => "install the package that has it",
    };

    /// <summary>Where a program is.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? program : null;
        }

        // Of a user too, who has no sbin in his path.
        string path = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin:/usr/bin:/bin";
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string file = Path.Combine(directory, program);
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }
}
