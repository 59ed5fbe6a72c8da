using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>What a finding says, as a sentence.</summary>
internal static class FindingSentence
{
    public static string Of(Finding finding) => finding.Message.EndsWith('?') ? finding.Message : $"{finding.Message}.";
}
