using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>What a severity is called on the command line and in every format.</summary>
internal static class SeverityName
{
    public static string Of(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
