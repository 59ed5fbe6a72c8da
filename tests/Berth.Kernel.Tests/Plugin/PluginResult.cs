using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Plugin;

/// <summary>What a CNI plugin answered.</summary>
internal sealed record PluginResult(CommandOutput Output)
{
    internal JsonNode? Json => Output.Stdout.Trim().Length == 0 ? null : JsonNode.Parse(Output.Stdout);

    /// <summary>The CNI error code, or null without an error object.</summary>
    internal int? ErrorCode => (int?)Json?["code"];

    /// <summary>The error's text, message and details.</summary>
    internal string ErrorText => $"{(string?)Json?["msg"]} {(string?)Json?["details"]}";

    internal PluginResult Succeeded()
    {
        Output.Succeeded("plugin");
        return this;
    }

    /// <summary>Fails the test unless the plugin refused, with an error object that says so.</summary>
    internal PluginResult Failed()
    {
        Assert.True(Output.ExitCode != 0, $"the plugin succeeded: {Output.Stdout}");
        Assert.NotNull(ErrorCode);
        Assert.NotEqual(0, ErrorCode);
        Assert.NotEqual(string.Empty, ErrorText.Trim());
        return this;
    }
}
