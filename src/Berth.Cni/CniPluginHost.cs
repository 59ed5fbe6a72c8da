using System.Text;
using System.Text.Json;

namespace Berth.Cni;

/// <summary>
/// A plugin's side of the protocol: checks environment and configuration, calls the plugin, prints its result or its
/// error. Everything comes as an argument, so that a whole plugin can be run inside a test.
/// </summary>
public static class CniPluginHost
{
    private const string SharedNamespace = "plugin's netns and netns from CNI_NETNS should not be the same";

    /// <summary>Serves the call that this process was started for: its environment, its three standard streams.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="about">What to tell a person who runs the plugin by hand, without CNI_COMMAND.</param>
    /// <returns>The process's exit code: 0, or 1 after an error.</returns>
    public static int Run(ICniPlugin plugin, string about)
    {
        DescriptorStream.OccupyStandard();
        using DescriptorStream stdin = new(0);
        using DescriptorStream stdout = new(1);
        using DescriptorStream stderr = new(2);
        return Run(plugin, Environment.GetEnvironmentVariable, stdin, stdout, stderr, about);
    }

    /// <summary>
    /// Tells a person something, in a line on stderr, where runtimes log what plugins say. What would steer a terminal or
    /// begin another line is written as \uXXXX.
    /// </summary>
    public static void Warn(string text)
    {
        using DescriptorStream stderr = new(2);
        Warn(stderr, text);
    }

    internal static void Warn(Stream stderr, string text) => TryPrint(stderr, LineText.Of(text) + "\n");

    /// <summary>Serves one call.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="environment">Looks an environment variable up; null when it is not set.</param>
    /// <param name="stdin">The network configuration; read to its end for every verb, at most 16 MiB.</param>
    /// <param name="stdout">Gets the result, or the error as JSON.</param>
    /// <param name="stderr">Gets the about text, and what cannot be said on stdout.</param>
    /// <param name="about">What to tell a person who runs the plugin by hand, without CNI_COMMAND.</param>
    /// <returns>The process's exit code: 0, or 1 after an error.</returns>
    public static int Run(
        ICniPlugin plugin, Func<string, string?> environment, Stream stdin, Stream stdout, Stream stderr, string about)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(stdin);
        if (string.IsNullOrEmpty(environment("CNI_COMMAND")))
        {
            string versions = string.Join(", ", ProtocolVersion.Supported);
            return TryPrint(stderr, $"{about}\nCNI protocol versions supported: {versions}\n") ? 0 : 1;
        }

        // Known as soon as the configuration is read, so that even an error about it carries its version.
        string? version = null;
        byte[] output;
        int exitCode = 0;
        try
        {
            output = Serve(plugin, environment, stdin, ref version);
        }
        catch (CniException exception)
        {
            output = WriteError(exception, version);
            exitCode = 1;
        }
#pragma warning disable CA1031 // A runtime must get JSON whatever happens: a crash is an error without a reason.
        catch (Exception exception)
        {
            output = WriteError(
                CniException.Internal("internal error: " + exception.Message, exception.ToString()), version);
            exitCode = 1;
        }
#pragma warning restore CA1031

        try
        {
            stdout.Write(output);
            stdout.Flush();
        }
        catch (IOException exception)
        {
            TryPrint(stderr, $"cannot write to stdout: {exception.Message}\n{Encoding.UTF8.GetString(output)}\n");
            return 1;
        }

        return exitCode;
    }

    private static byte[] Serve(
        ICniPlugin plugin, Func<string, string?> variable, Stream stdin, ref string? version)
    {
        CniEnvironment environment = CniEnvironment.Read(variable);
        byte[] input = ConfigurationReader.ReadAll(stdin);
        if (environment.Command == "VERSION")
        {
            return VersionAnswer();
        }

        JsonElement configuration = ConfigurationReader.Parse(input);
        version = TryReadVersion(configuration);
        string name = ConfigurationReader.NetworkName(configuration);
        CniCommand command = environment.Command switch
        {
            "ADD" => CniCommand.Add,
            "DEL" => CniCommand.Del,
            "CHECK" => CniCommand.Check,
            "GC" => CniCommand.Gc,
            "STATUS" => CniCommand.Status,
            _ => throw CniException.InvalidEnvironment(
                $"unknown CNI_COMMAND: {environment.Command}",
                $"CNI_COMMAND is \"{environment.Command}\"; allowed: ADD, DEL, CHECK, GC, STATUS, VERSION"),
        };
        version = ConfigurationReader.Version(configuration);
        VersionGate.Check(command, version);
        CniRequest request = new()
        {
            Command = command,
            ContainerId = environment.ContainerId,
            NetNs = environment.NetNs,
            IfName = environment.IfName,
            Args = environment.Args,
            CniVersion = version,
            NetworkName = name,
            Config = configuration,
            PrevResult = ReadPrevResult(configuration, command, version),
            ValidAttachments = command == CniCommand.Gc ? GcAttachments.Read(configuration) : null,
        };
        bool sharesNamespace = command is CniCommand.Add or CniCommand.Del && request.NetNs is not null
            && !environment.NetNsOverride && NetworkNamespaceIdentity.IsOwn(request.NetNs);
        return Call(plugin, request, sharesNamespace);
    }

    private static byte[] Call(ICniPlugin plugin, CniRequest request, bool sharesNamespace)
    {
        switch (request.Command)
        {
            case CniCommand.Add:
                // The reference says so after the work; before it nothing has to be taken back.
                return sharesNamespace
                    ? throw CniException.InvalidNetworkNamespace(SharedNamespace, $"CNI_NETNS is \"{request.NetNs}\"")
                    : plugin.Add(request).ToUtf8Json();
            case CniCommand.Del:
                plugin.Del(request);
                return sharesNamespace
                    ? throw CniException.InvalidNetworkNamespace(SharedNamespace, $"CNI_NETNS is \"{request.NetNs}\"")
                    : [];
            case CniCommand.Check:
                plugin.Check(request);
                return [];
            case CniCommand.Gc:
                plugin.Gc(request);
                return [];
            default:
                plugin.Status(request);
                return [];
        }
    }

    private static CniResult? ReadPrevResult(JsonElement configuration, CniCommand command, string version)
    {
        if (!configuration.TryGetPropertyIgnoringCase("prevResult", out JsonElement element))
        {
            return null;
        }

        try
        {
            return CniResult.Parse(element, version);
        }
        catch (CniException) when (command is not (CniCommand.Add or CniCommand.Check))
        {
            return null;
        }
        catch (CniException exception)
        {
            // CHECK lacks the first of the reference's prefixes.
            string prefix = command == CniCommand.Add ? "failed to parse config: " : "";
            throw new CniException(
                exception.Code, $"{prefix}could not parse prevResult: {exception.Message}", exception.Details, exception);
        }
    }

    private static string? TryReadVersion(JsonElement configuration) =>
        configuration.TryGetPropertyIgnoringCase("cniVersion", out JsonElement element)
        && element.TryGetText(out string? text) && text.Length > 0 ? text : null;

    // On one line and with a newline, unlike results and errors: so the reference prints it.
    private static byte[] VersionAnswer() => Encoding.UTF8.GetBytes(
        $$"""{"cniVersion":"{{ProtocolVersion.Newest}}","supportedVersions":["{{string.Join("\",\"", ProtocolVersion.Supported)}}"]}"""
        + "\n");

    private static byte[] WriteError(CniException exception, string? version) => CniJson.Write(writer =>
    {
        writer.WriteStartObject();
        if (version is not null)
        {
            writer.WriteString("cniVersion"u8, version);
        }

        writer.WriteNumber("code"u8, exception.Code);
        // By way of UTF-8, which mends what the writer would refuse: a message cut in the middle of a character.
        writer.WriteString("msg"u8, Encoding.UTF8.GetBytes(exception.Message));
        if (!string.IsNullOrEmpty(exception.Details))
        {
            writer.WriteString("details"u8, Encoding.UTF8.GetBytes(exception.Details));
        }

        writer.WriteEndObject();
    });

    private static bool TryPrint(Stream stderr, string text)
    {
        try
        {
            stderr.Write(Encoding.UTF8.GetBytes(text));
            stderr.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
