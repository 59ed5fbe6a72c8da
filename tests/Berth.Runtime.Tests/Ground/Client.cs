using System.Diagnostics;
using System.Net;

namespace Berth.Runtime.Tests.Ground;

/// <summary>Asks servers of <see cref="Workload"/>, from the node itself or from the machine outside.</summary>
internal sealed class Client
{
    internal static readonly Client OnNode = new([]);
    internal static readonly Client Outside = new(["nsenter", "--net=" + Node.OutsideNetns, "--"]);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(700);

    private readonly string[] _prefix;

    private Client(string[] prefix) => _prefix = prefix;

    /// <summary>Asks until somebody answers, for a server may still be starting.</summary>
    /// <returns>Who answered, and which client address it saw: <c>web saw 192.0.2.100</c>; or <c>nobody</c>.</returns>
    internal string Ask(string protocol, string address, int port)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string answer;
        while ((answer = AskFor(OneTry, protocol, address, port)) == "nobody" && watch.Elapsed < Patience)
        {
            Thread.Sleep(20);
        }

        return answer;
    }

    /// <summary>Who answers, whatever client address it sees.</summary>
    internal string Who(string protocol, string address, int port) => Ask(protocol, address, port).Split(' ')[0];

    /// <summary>Asks once: for where nobody should answer.</summary>
    internal string AskOnce(string protocol, string address, int port) => AskFor(Silence, protocol, address, port);

    private static string Readable(string line)
    {
        string[] parts = line.Split(' ');
        IPAddress peer = IPAddress.Parse(parts[1]);
        return $"{parts[0]} saw {(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer)}";
    }

    private string AskFor(TimeSpan time, string protocol, string address, int port)
    {
        string target = IPAddress.Parse(address).AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? $"{protocol}4:{address}:{port}"
            : $"{protocol}6:[{address}]:{port}";
        string[] command = [.. _prefix, "socat", "-t", "5", "-", target];
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string?> reading = process.StandardOutput.ReadLineAsync();
        try
        {
            process.StandardInput.Write("?\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Refused, and gone before it read the question.
        }

        // The first line is all: over UDP nothing says that there is no more.
        string? line = reading.Wait(time) ? reading.Result : null;
        process.Kill();
        process.WaitForExit();
        return line is null ? "nobody" : Readable(line);
    }
}
