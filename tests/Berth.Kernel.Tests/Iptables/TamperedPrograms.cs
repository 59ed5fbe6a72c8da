using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// Programs of iptables of which one, the first time that it is called, runs under a tracer. They have the names and the
/// places by which the plugin knows their flavour.
/// </summary>
internal sealed class TamperedPrograms
{
    private readonly string _directory = Toolsets.MakeDirectory("tampered");
    private readonly string _script;
    private readonly string _real;
    private readonly string _program;

    /// <param name="toolset">Whose programs they are; not a mixed one.</param>
    /// <param name="program">The one that is run otherwise: iptables-save, iptables-restore, or those of ip6tables.</param>
    internal TamperedPrograms(Toolset toolset, string program)
    {
        string flavour = toolset == Toolset.Nft ? "nft" : "legacy";
        _program = program;
        _real = $"/usr/sbin/xtables-{flavour}-multi";
        _script = Path.Combine(_directory, $"xtables-{flavour}-tampered");
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            foreach (string suffix in (string[])["-save", "-restore", $"-{flavour}-save", $"-{flavour}-restore"])
            {
                File.CreateSymbolicLink(Path.Combine(_directory, family + suffix), _script);
            }
        }
    }

    private string Trace => Path.Combine(_directory, "trace");

    /// <summary>The system calls that were recorded; none when the program was not called.</summary>
    internal RecordedCalls Recorded => File.Exists(Trace) ? SystemCall.Read(Trace) : new RecordedCalls([], 0, 0);

    /// <summary>The attachment in whose next call the program's system calls are recorded.</summary>
    internal Attachment Record(Attachment attachment) => Under(attachment, SystemCall.Recording(Trace));

    /// <summary>The attachment in whose next call the program is killed when it enters a system call.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="call">The system call.</param>
    /// <param name="trace">Gets the calls of this name, and whether the program was killed.</param>
    internal Attachment Kill(Attachment attachment, SystemCall call, string trace) => Under(attachment, call.Killing(trace));

    private Attachment Under(Attachment attachment, IReadOnlyList<string> tracer)
    {
        string once = Path.Combine(_directory, "once");
        File.Delete(Trace);
        File.Delete(_script);
        if (Directory.Exists(once))
        {
            Directory.Delete(once);
        }

        string pattern = _program.Replace("-", "*-", StringComparison.Ordinal);
        File.WriteAllText(_script, $"""
            #!/bin/sh
            name=$(basename "$0") under=
            case $name in
            {pattern}) mkdir {once} 2>/dev/null && under="{string.Join(' ', tracer)}" ;;
            esac
            exec $under {_real} "$name" "$@"

            """);
        File.SetUnixFileMode(_script, (UnixFileMode)0b111_101_101);
        return attachment with { SearchPath = $"{_directory}:{attachment.SearchPath}" };
    }
}
