using System.Buffers;
using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>An attachment as the cache knows it.</summary>
/// <param name="NetworkName">The network.</param>
/// <param name="ContainerId">The container.</param>
/// <param name="IfName">The interface inside it.</param>
/// <param name="NetNs">The path of its namespace, where the cache's writer kept it.</param>
/// <param name="Config">The network configuration list that ADD was run with.</param>
/// <param name="Result">The result of ADD; null when the entry has none.</param>
/// <param name="CapabilityArgs">The capability arguments of ADD; undefined when there were none.</param>
public sealed record CachedAttachment(
    string NetworkName, string ContainerId, string IfName, string? NetNs, ReadOnlyMemory<byte> Config, JsonElement? Result,
    JsonElement CapabilityArgs)
{
    /// <summary>The arguments of ADD (CNI_ARGS), such as the pod's name; a later one replaces an earlier of its name.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// The results of ADD, kept in libcni's own format (kind "cniCacheV1", a file for each attachment), so that Berth and
/// other runtimes read each other's.
/// </summary>
/// <param name="directory">The cache's directory; libcni's is /var/lib/cni. Files are under "results" in it.</param>
public sealed class ResultCache(string directory)
{
    private const string Kind = "cniCacheV1";
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _results = Path.Combine(directory, "results");

    /// <summary>Reads an entry.</summary>
    /// <returns>Null when there is none, or when it cannot be understood: DEL must go on without it.</returns>
    public CachedAttachment? Load(string networkName, string containerId, string ifName) =>
        TryRead(FileOf(networkName, containerId, ifName));

    /// <summary>Reads every entry that can be understood.</summary>
    public IReadOnlyList<CachedAttachment> LoadAll()
    {
        List<CachedAttachment> entries = [];
        foreach (string file in Directory.Exists(_results) ? Directory.EnumerateFiles(_results) : [])
        {
            if (TryRead(file) is CachedAttachment entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>
    /// The names of all entries' files, NETWORK-CONTAINERID-IFNAME, understood or not.
    /// </summary>
    /// <returns>Null when there is no such directory, or it cannot be read.</returns>
    public IReadOnlyList<string>? EntryNames()
    {
        try
        {
            List<string> names = [];
            foreach (string file in Directory.EnumerateFiles(_results))
            {
                names.Add(Path.GetFileName(file));
            }

            return names;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes an entry, in place of one that is there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(NetworkConfigurationList network, ChainAttachment attachment, CniResult result)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(result);
        Directory.CreateDirectory(_results, OwnerReadWrite | UnixFileMode.UserExecute);
        string file = FileOf(network.Name, attachment.ContainerId, attachment.IfName);
        // Written beside and renamed: a reader sees the old entry or the new one, never half of either.
        string draft = $"{file}.{Environment.ProcessId}.tmp";
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerReadWrite,
        };
        using (FileStream stream = new(draft, options))
        {
            stream.Write(Serialize(network, attachment, result));
        }

        File.Move(draft, file, overwrite: true);
    }

    /// <summary>Removes an entry; one that is not there is no error.</summary>
    public void Delete(string networkName, string containerId, string ifName)
    {
        string file = FileOf(networkName, containerId, ifName);
        if (File.Exists(file))
        {
            File.Delete(file);
        }
    }

    private string FileOf(string networkName, string containerId, string ifName)
    {
        // All three become part of a file's name, and none of CNI's rules for them allows a slash.
        NameRules.CheckNetworkName(networkName);
        NameRules.CheckContainerId(containerId);
        NameRules.CheckInterfaceName(ifName);
        return Path.Combine(_results, $"{networkName}-{containerId}-{ifName}");
    }

    private static ReadOnlySpan<byte> Serialize(
        NetworkConfigurationList network, ChainAttachment attachment, CniResult result)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, Kind);
            writer.WriteString("containerId"u8, attachment.ContainerId);
            writer.WriteBase64String("config"u8, network.Utf8.Span);
            writer.WriteString("ifName"u8, attachment.IfName);
            writer.WriteString("networkName"u8, network.Name);
            if (attachment.NetNs is not null)
            {
                writer.WriteString("netns"u8, attachment.NetNs);
            }

            if (attachment.Args.Count > 0)
            {
                writer.WriteStartArray("cniArgs"u8);
                foreach ((string key, string value) in attachment.Args)
                {
                    writer.WriteStartArray();
                    writer.WriteStringValue(key);
                    writer.WriteStringValue(value);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
            }

            if (attachment.CapabilityArgs.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName("capabilityArgs"u8);
                CniJson.WriteValue(writer, attachment.CapabilityArgs);
            }

            writer.WritePropertyName("result"u8);
            result.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static CachedAttachment? TryRead(string file)
    {
        try
        {
            return Parse(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>An entry as it stands in a file; null when it cannot be understood.</summary>
    internal static CachedAttachment? Parse(ReadOnlyMemory<byte> utf8)
    {
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(utf8).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }

        if (Text(root, "kind") != Kind || Text(root, "networkName") is not string network
            || Text(root, "containerId") is not string container || Text(root, "ifName") is not string interfaceName)
        {
            return null;
        }

        root.TryGetPropertyIgnoringCase("capabilityArgs", out JsonElement capabilityArgs);
        JsonElement? result = root.TryGetPropertyIgnoringCase("result", out JsonElement element) ? element : null;
        return new CachedAttachment(network, container, interfaceName, Text(root, "netns"), Base64(root, "config"), result, capabilityArgs)
        {
            Args = ReadArgs(root),
        };
    }

    // Pairs, each a list of two.
    private static Dictionary<string, string> ReadArgs(JsonElement root)
    {
        Dictionary<string, string> args = [];
        if (root.TryGetPropertyIgnoringCase("cniArgs", out JsonElement pairs) && pairs.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement pair in pairs.EnumerateArray())
            {
                if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
                    && pair[0].TryGetText(out string? key) && pair[1].TryGetText(out string? value))
                {
                    args[key] = value;
                }
            }
        }

        return args;
    }

    // By way of the text: TryGetBytesFromBase64() throws at escapes that are no characters.
    private static byte[] Base64(JsonElement root, string key)
    {
        string text = Text(root, key) ?? "";
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : [];
    }

    private static string? Text(JsonElement root, string key) =>
        root.TryGetPropertyIgnoringCase(key, out JsonElement element) && element.TryGetText(out string? text) ? text : null;
}
