using System.Diagnostics;
using System.Globalization;

namespace Berth.Lab;

/// <summary>Lets tcpdump look while others talk.</summary>
internal sealed class CaptureRun(LabCluster cluster, Prober prober)
{
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(300);

    /// <summary>Looks once.</summary>
    /// <exception cref="LabException">tcpdump is not here, or does not start.</exception>
    public (string What, string Expected, string Seen, bool IsGood) Look(CaptureProbe probe)
    {
        // -U and -l: each packet at once; --immediate-mode: the kernel does not collect them either.
        using Process tcpdump = cluster.Programs.Start(
            cluster.Find(probe.By), "tcpdump", ["-i", "any", "-n", "-l", "--immediate-mode", .. probe.Filter.Split(' ')]);
        int packets = 0;
        tcpdump.OutputDataReceived += (_, line) => packets += line.Data is null ? 0 : 1;
        string? started;
        do
        {
            started = tcpdump.StandardError.ReadLine();
        }
        while (started is not null && !started.StartsWith("listening on", StringComparison.Ordinal));
        if (started is null)
        {
            throw new LabException(probe.At, $"tcpdump on {probe.By} does not start: exit code {tcpdump.ExitCode}");
        }

        tcpdump.BeginOutputReadLine();
        (_, string expected, string seen, bool good) = prober.Connect(probe.While);
        Thread.Sleep(Drain);
        tcpdump.Kill();
        tcpdump.WaitForExit();
        bool sees = packets > 0;
        return (
            probe.Subject,
            $"{(probe.Sees ? "packets" : "nothing")}, and {expected} answers",
            $"{(sees ? packets.ToString(CultureInfo.InvariantCulture) + " packets" : "nothing")}, and {seen} answers",
            good && sees == probe.Sees);
    }
}
