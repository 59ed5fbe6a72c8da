using System.Diagnostics;
using System.Text.Json;

namespace Berth.Cni.Runtime;

/// <summary>
/// A runtime's side of the protocol: runs the plugins of a network for an attachment (CNI SPEC section 3,
/// "Lifecycle &amp; Ordering").
/// </summary>
public sealed class PluginChain
{
    private readonly NetworkConfigurationList _network;
    private readonly ResultCache? _cache;
    private readonly PluginProcess _process;

    /// <summary>Makes a chain; nothing is run yet.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">CNI_PATH: the directories that plugins are looked for in.</param>
    /// <param name="cache">Where results are kept between ADD and DEL; null for nowhere.</param>
    /// <param name="adapt">Changes how a plugin is started, for instance inside another network namespace.</param>
    /// <param name="timeout">How long one plugin may take; a minute when null.</param>
    public PluginChain(
        NetworkConfigurationList network, IReadOnlyList<string> path, ResultCache? cache = null,
        Action<ProcessStartInfo>? adapt = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(path);
        _network = network;
        _cache = cache;
        _process = new PluginProcess(path, adapt, timeout ?? TimeSpan.FromMinutes(1));
    }

    /// <summary>Runs ADD in order, each plugin with the result of the one before; caches and returns the last result.</summary>
    /// <exception cref="CniException">The first error. What was set up before it stays until <see cref="Del"/>.</exception>
    public CniResult Add(ChainAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        CniResult? result = null;
        foreach (PluginConfiguration plugin in _network.Plugins)
        {
            byte[] input = PluginInput.Derive(_network, plugin, result, attachment.CapabilityArgs);
            byte[] output = _process.Run(plugin.Type, "ADD", attachment, input);
            result = ReadResult(plugin, output);
        }

        _cache?.Save(_network, attachment, result!);
        return result!;
    }

    /// <summary>Runs CHECK in order, each plugin with the cached result of ADD. Does nothing if the list disables it.</summary>
    /// <exception cref="CniException">The first error; code 1 when the version has no CHECK.</exception>
    public void Check(ChainAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        RequireVersion(ProtocolVersion.FirstWithCheck, "CHECK");
        if (_network.DisableCheck)
        {
            return;
        }

        CniResult? result = CachedResult(attachment);
        foreach (PluginConfiguration plugin in _network.Plugins)
        {
            _process.Run(
                plugin.Type, "CHECK", attachment,
                PluginInput.Derive(_network, plugin, result, attachment.CapabilityArgs));
        }
    }

    /// <summary>Runs DEL in reverse, each plugin with the cached result of ADD, then forgets the result.</summary>
    /// <exception cref="CniException">The first error; the plugins before it in the list have not been called.</exception>
    public void Del(ChainAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        // Before 0.4.0 DEL had no prevResult.
        bool hasPrevResult = ProtocolVersion.Parse(_network.CniVersion) >= ProtocolVersion.FirstWithCheck;
        CniResult? result = hasPrevResult ? CachedResult(attachment) : null;
        foreach (PluginConfiguration plugin in _network.Plugins.Reverse())
        {
            _process.Run(
                plugin.Type, "DEL", attachment,
                PluginInput.Derive(_network, plugin, result, attachment.CapabilityArgs));
        }

        _cache?.Delete(_network.Name, attachment.ContainerId, attachment.IfName);
    }

    /// <summary>Runs GC on every plugin.</summary>
    /// <param name="validAttachments">What is alive; all else may be removed.</param>
    /// <exception cref="CniException">The first error; code 1 when the version has no GC.</exception>
    public void Gc(IReadOnlyList<CniAttachment> validAttachments)
    {
        ArgumentNullException.ThrowIfNull(validAttachments);
        RequireVersion(ProtocolVersion.FirstWithGcAndStatus, "GC");
        foreach (PluginConfiguration plugin in _network.Plugins)
        {
            _process.Run(
                plugin.Type, "GC", null, PluginInput.Derive(_network, plugin, null, default, validAttachments));
        }
    }

    /// <summary>Runs STATUS on every plugin.</summary>
    /// <exception cref="CniException">The first error; code 1 when the version has no STATUS.</exception>
    public void Status()
    {
        RequireVersion(ProtocolVersion.FirstWithGcAndStatus, "STATUS");
        foreach (PluginConfiguration plugin in _network.Plugins)
        {
            _process.Run(plugin.Type, "STATUS", null, PluginInput.Derive(_network, plugin, null, default));
        }
    }

    private CniResult? CachedResult(ChainAttachment attachment) =>
        _cache?.Load(_network.Name, attachment.ContainerId, attachment.IfName)?.Result is JsonElement result
            ? CniResult.Parse(result, _network.CniVersion)
            : null;

    private CniResult ReadResult(PluginConfiguration plugin, byte[] output)
    {
        if (output.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            throw CniException.DecodingFailure($"plugin {plugin.Type} failed (ADD): it printed no result");
        }

        try
        {
            return CniResult.Parse(JsonDocument.Parse(output).RootElement, _network.CniVersion);
        }
        catch (Exception exception) when (exception is JsonException or CniException)
        {
            throw CniException.DecodingFailure(
                $"plugin {plugin.Type} failed (ADD): its result cannot be read", exception.Message, exception);
        }
    }

    private void RequireVersion(ProtocolVersion first, string verb)
    {
        if (ProtocolVersion.Parse(_network.CniVersion) < first)
        {
            throw CniException.IncompatibleVersion(
                $"configuration version \"{_network.CniVersion}\" does not support {verb} command");
        }
    }
}
