using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Cli.Commands;

namespace Berth.Cli.Tests.Ls;

/// <summary><c>berth ls --watch</c>, a process of its own that looks at a socket which this one opens and closes.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private Process? _watch;

    public void Dispose()
    {
        _watch?.Kill();
        _watch?.WaitForExit();
        _watch?.Dispose();
    }

    [Fact]
    public async Task What_changes_is_printed_again_and_nothing_else()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Start(port);

        string row = await NextLine();
        Assert.StartsWith($"tcp/127.0.0.1:{port}", row[(row.IndexOf('/', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal);
        listener.Stop();
        Assert.Equal("", await NextLine());
        TcpListener again = new(IPAddress.Loopback, port);
        again.Start();
        try
        {
            Assert.Equal("", await NextLine());
            Assert.Equal(row, await NextLine());
            Task<string> more = NextLine();
            await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
            Assert.False(more.IsCompleted, "It printed although nothing had changed.");
        }
        finally
        {
            again.Stop();
        }
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Start(((IPEndPoint)listener.LocalEndpoint).Port);
        await NextLine();

        _watch!.StandardOutput.Close();

        await _watch.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        string said = await _watch.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Clean, _watch.ExitCode);
        // There may be processes here that not even root may look into.
        Assert.All(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line =>
            Assert.StartsWith("berth ls: not read: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_is_not_watched()
    {
        CommandRun run = CommandRun.Of("ls", "--watch", "--snapshot", "node.json");
        Assert.Equal((2, "berth ls: --watch and --snapshot: a file does not change; leave one of them out\n"), (run.ExitCode, run.Error));
    }

    private void Start(int port)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            ["exec", "--roll-forward", "Major", typeof(Terminal).Assembly.Location, "ls", "--watch", "-o", "name", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _watch = Process.Start(start);
    }

    private async Task<string> NextLine() =>
        await _watch!.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("It has ended: " + await _watch.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
}
