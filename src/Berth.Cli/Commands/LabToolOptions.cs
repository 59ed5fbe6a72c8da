using System.CommandLine;
using Berth.Lab;

namespace Berth.Cli.Commands;

/// <summary>Options that say where the files are which a lab runs.</summary>
internal sealed class LabToolOptions
{
    private static readonly string[] UsualPlugins = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

    private readonly Option<string> _portmap = new("--portmap")
    {
        Description = "Berth's portmap plugin. Default: BERTH_PORTMAP, or the one beside berth.",
        HelpName = "FILE",
    };

    private readonly Option<string> _reference = new("--reference")
    {
        Description = "The reference's portmap plugin. Default: BERTH_REFERENCE_PORTMAP.",
        HelpName = "FILE",
    };

    private readonly Option<string> _plugins = new("--cni-path")
    {
        Description = $"Directories with the other plugins. Default: CNI_PATH, or {string.Join(':', UsualPlugins)}.",
        HelpName = "DIR[:DIR]",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_portmap);
        command.Options.Add(_reference);
        command.Options.Add(_plugins);
    }

    /// <summary>What they say, with what is found where they say nothing.</summary>
    public LabTools Find(ParseResult parsed)
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "portmap");
        string? portmap = parsed.GetValue(_portmap) ?? Variable("BERTH_PORTMAP") ?? (File.Exists(beside) ? beside : null);
        string? reference = parsed.GetValue(_reference) ?? Variable("BERTH_REFERENCE_PORTMAP");
        string? path = parsed.GetValue(_plugins) ?? Variable("CNI_PATH");
        return new LabTools(
            Self(), Absolute(portmap), Absolute(reference),
            path is null ? [.. UsualPlugins.Where(Directory.Exists)] : [.. path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)]);
    }

    /// <summary>The same, as options of another command line.</summary>
    public static IReadOnlyList<string> ToArguments(LabTools tools)
    {
        List<string> arguments = ["--cni-path", string.Join(':', tools.Plugins)];
        if (tools.Portmap is string portmap)
        {
            arguments.AddRange(["--portmap", portmap]);
        }

        if (tools.ReferencePortmap is string reference)
        {
            arguments.AddRange(["--reference", reference]);
        }

        return arguments;
    }

    // Published, it is one file; when it is built only, dotnet runs berth.dll, or a host beside it does.
    private static string[] Self()
    {
        string process = Environment.ProcessPath!;
        string library = Path.Combine(AppContext.BaseDirectory, "berth.dll");
        return Path.GetFileName(process) == "berth" || !File.Exists(library) ? [process] : [process, library];
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? Absolute(string? file) => file is null ? null : Path.GetFullPath(file);
}
