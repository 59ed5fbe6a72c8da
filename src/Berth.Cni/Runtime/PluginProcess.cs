using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>Runs one plugin once, as a child process.</summary>
internal sealed class PluginProcess(
    IReadOnlyList<string> path, Action<ProcessStartInfo>? adapt, TimeSpan timeout)
{
    /// <summary>Returns what the plugin printed.</summary>
    /// <exception cref="CniException">The plugin's error, or why it could not be run; the message names it.</exception>
    public byte[] Run(string type, string verb, ChainAttachment? attachment, byte[] input)
    {
        ProcessStartInfo start = new(Find(type))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start.Environment, verb, attachment);
        adapt?.Invoke(start);
        using Process process = Process.Start(start)
            ?? throw CniException.Internal($"plugin {type} could not be started");
        // All three at once: a plugin may fill one pipe while it has not yet emptied another.
        Task writing = WriteAsync(process.StandardInput.BaseStream, input);
        Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream);
        Task<byte[]> errors = ReadAsync(process.StandardError.BaseStream);
        if (!Task.WaitAll([writing, output, errors], timeout) || !process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            throw CniException.Internal(
                $"plugin {type} failed ({verb}): not finished after {timeout.TotalSeconds:0.#} s and killed");
        }

        // Already completed: WaitAll has waited for both.
        byte[] stdout = output.GetAwaiter().GetResult();
        return process.ExitCode == 0
            ? stdout
            : throw Failure(type, verb, process.ExitCode, stdout, errors.GetAwaiter().GetResult());
    }

    private string Find(string type)
    {
        foreach (string directory in path)
        {
            string file = Path.Combine(directory, type);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw CniException.Internal($"failed to find plugin \"{type}\" in path [{string.Join(' ', path)}]");
    }

    private void SetEnvironment(IDictionary<string, string?> environment, string verb, ChainAttachment? attachment)
    {
        environment["CNI_COMMAND"] = verb;
        environment["CNI_CONTAINERID"] = attachment?.ContainerId ?? "";
        environment["CNI_NETNS"] = attachment?.NetNs ?? "";
        environment["CNI_IFNAME"] = attachment?.IfName ?? "";
        environment["CNI_ARGS"] = string.Join(';', (attachment?.Args ?? []).Select(arg => $"{arg.Key}={arg.Value}"));
        environment["CNI_PATH"] = string.Join(':', path);
    }

    private static CniException Failure(string type, string verb, int exitCode, byte[] stdout, byte[] stderr)
    {
        string errors = Encoding.UTF8.GetString(stderr).Trim();
        try
        {
            using JsonDocument document = JsonDocument.Parse(stdout);
            JsonElement root = document.RootElement;
            if (root.TryGetPropertyIgnoringCase("code", out JsonElement code) && code.ValueKind == JsonValueKind.Number
                && code.TryGetInt32(out int number))
            {
                root.TryGetPropertyIgnoringCase("msg", out JsonElement message);
                root.TryGetPropertyIgnoringCase("details", out JsonElement details);
                return new CniException(
                    number, $"plugin {type} failed ({verb}): {(message.TryGetText(out string? text) ? text : errors)}",
                    details.TryGetText(out string? more) ? more : null);
            }
        }
        catch (JsonException)
        {
            // Not an error as CNI knows it: told as it came, below.
        }

        return CniException.Internal(
            $"plugin {type} failed ({verb}): exit code {exitCode} without an error on stdout",
            $"stdout: {Encoding.UTF8.GetString(stdout).Trim()}\nstderr: {errors}");
    }

    private static async Task WriteAsync(Stream stdin, byte[] input)
    {
        try
        {
            await using (stdin.ConfigureAwait(false))
            {
                await stdin.WriteAsync(input).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // A plugin that ends without reading its input still has an exit code and an output that say why.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using MemoryStream memory = new();
        await stream.CopyToAsync(memory).ConfigureAwait(false);
        return memory.ToArray();
    }
}
