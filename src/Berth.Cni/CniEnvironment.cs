namespace Berth.Cni;

/// <summary>The CNI_* variables of one call, checked as the reference checks them (CNI SPEC section 2, "Parameters").</summary>
internal sealed class CniEnvironment
{
    private CniEnvironment()
    {
    }

    /// <summary>The verb as it came; it need not be a known one.</summary>
    public required string Command { get; init; }

    public required string ContainerId { get; init; }

    public required string? NetNs { get; init; }

    public required string IfName { get; init; }

    public required IReadOnlyDictionary<string, string> Args { get; init; }

    /// <summary>Whether the container may share the plugin's own network namespace.</summary>
    public required bool NetNsOverride { get; init; }

    public static CniEnvironment Read(Func<string, string?> variable)
    {
        string command = variable("CNI_COMMAND") ?? "";
        // DEL may come after the namespace is gone.
        bool needsNetNs = command is "ADD" or "CHECK";
        bool needsAttachment = needsNetNs || command is "DEL";
        bool needsPath = needsAttachment || command is "GC" or "STATUS";
        List<string> missing = [];
        string Required(string name, bool required)
        {
            string value = variable(name) ?? "";
            if (required && value.Length == 0)
            {
                missing.Add(name);
            }

            return value;
        }

        string containerId = Required("CNI_CONTAINERID", needsAttachment);
        string netNs = Required("CNI_NETNS", needsNetNs);
        string ifName = Required("CNI_IFNAME", needsAttachment);
        Required("CNI_PATH", needsPath);
        if (missing.Count > 0)
        {
            throw CniException.InvalidEnvironment($"required env variables [{string.Join(',', missing)}] missing");
        }

        if (needsAttachment)
        {
            NameRules.CheckContainerId(containerId);
            NameRules.CheckInterfaceName(ifName);
        }

        string? netNsOverride = variable("CNI_NETNS_OVERRIDE");
        return new CniEnvironment
        {
            Command = command,
            ContainerId = needsAttachment ? containerId : "",
            NetNs = needsAttachment && netNs.Length > 0 ? netNs : null,
            IfName = needsAttachment ? ifName : "",
            Args = ParseArgs(variable("CNI_ARGS")),
            NetNsOverride = netNsOverride == "1" || string.Equals(netNsOverride, "true", StringComparison.OrdinalIgnoreCase),
        };
    }

    private static Dictionary<string, string> ParseArgs(string? text)
    {
        Dictionary<string, string> args = [];
        foreach (string pair in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                args[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        return args;
    }
}
