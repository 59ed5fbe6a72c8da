using System.Globalization;
using Instrumentation = SharpFuzz.Fuzzer;

namespace Berth.Fuzz;

/// <summary>A copy of this program whose libraries tell which branches they take.</summary>
internal static class Instrumented
{
    // YamlDotNet too: what it makes of a file is what Berth reads.
    private static readonly string[] Libraries =
    [
        "Berth.Netlink", "Berth.NfTables", "Berth.Cni", "Berth.HostPorts", "Berth.Inspection", "Berth.Manifests", "Berth.Lab", "berth",
        "YamlDotNet",
    ];

    private const string Prefix = "instrumented-";

    /// <summary>Makes the copy, unless there is one of the same build.</summary>
    /// <returns>Its main file, for <c>dotnet</c>.</returns>
    internal static string Make()
    {
        string[] files = Directory.GetFiles(AppContext.BaseDirectory);
        long build = files.Max(static file => File.GetLastWriteTimeUtc(file).Ticks);
        string place = Path.Combine(AppContext.BaseDirectory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{build:x}"));
        if (!Directory.Exists(place))
        {
            foreach (string earlier in Directory.GetDirectories(AppContext.BaseDirectory, Prefix + "*"))
            {
                Directory.Delete(earlier, recursive: true);
            }

            // Under its name it is complete.
            string draft = Path.Combine(AppContext.BaseDirectory, $"draft-{Environment.ProcessId}");
            Directory.CreateDirectory(draft);
            Copy(files, draft);
            Directory.Move(draft, place);
        }

        return Path.Combine(place, "Berth.Fuzz.dll");
    }

    private static void Copy(string[] files, string directory)
    {
        foreach (string file in files)
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        }

        foreach (string library in Libraries)
        {
            // Nothing happens until what it returns is gone through.
            _ = Instrumentation.Instrument(Path.Combine(directory, library + ".dll"), static _ => true, SharpFuzz.Options.Value).Count();
        }
    }
}
