using System.Net.Sockets;
using System.Text.Json;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Which part of the kernel the mappings are to be made in.</summary>
public enum Backend
{
    /// <summary>Whatever the kernel and the configuration's other keys allow, nftables first.</summary>
    Auto,

    /// <summary>A table of Berth's own in nf_tables.</summary>
    Nftables,

    /// <summary>The reference plugin's iptables chains.</summary>
    Iptables,
}

/// <summary>What becomes of a port that another attachment holds.</summary>
public enum ConflictRule
{
    /// <summary>The newest owner gets it: after a restart race, traffic goes to the pod that lives.</summary>
    Replace,

    /// <summary>ADD fails, naming the holder.</summary>
    Fail,
}

/// <summary>The configuration of the portmap plugin, validated.</summary>
public sealed record HostPortConfiguration
{
    private const string DefaultCacheDirectory = "/var/lib/cni"; // libcni's CacheDir

    /// <summary>"backend".</summary>
    public Backend Backend { get; init; }

    /// <summary>"snat", true unless given: hairpin and local traffic is masqueraded.</summary>
    public bool Snat { get; init; } = true;

    /// <summary>"masqAll": traffic is masqueraded whatever its source.</summary>
    public bool MasqAll { get; init; }

    /// <summary>"conditionsV4": what else IPv4 traffic must match, one argument an item; null when there is none.</summary>
    public IReadOnlyList<string>? ConditionsV4 { get; init; }

    /// <summary>"conditionsV6": the same for IPv6.</summary>
    public IReadOnlyList<string>? ConditionsV6 { get; init; }

    /// <summary>"markMasqBit", 0 to 31; null when it is not given (the iptables backend then takes 13).</summary>
    public int? MarkMasqBit { get; init; }

    /// <summary>"externalSetMarkChain": an iptables chain that marks for masquerading; null when not given.</summary>
    public string? ExternalSetMarkChain { get; init; }

    /// <summary>
    /// "excludeDestinations": addresses of the node that are never a host port, as networks with a prefix's length; empty
    /// unless given.
    /// </summary>
    public IReadOnlyList<string> ExcludeDestinations { get; init; } = [];

    /// <summary>
    /// "excludeInterfaces": interfaces whose addresses are never a host port, besides kube-ipvs0; empty unless given.
    /// </summary>
    public IReadOnlyList<string> ExcludeInterfaces { get; init; } = [];

    /// <summary>"onConflict": what becomes of a port that another attachment holds.</summary>
    public ConflictRule OnConflict { get; init; }

    /// <summary>
    /// "cacheDir": where the runtime keeps its CNI cache. GC looks there when the reference plugin's nftables backend has left
    /// something, ADD when it would take a part of a port that is held in another place.
    /// </summary>
    public string CacheDirectory { get; init; } = DefaultCacheDirectory;

    /// <summary>"runtimeConfig.portMappings", in order, each once.</summary>
    public IReadOnlyList<PortMapping> Mappings { get; init; } = [];

    /// <summary>
    /// Whether something is asked for that only iptables has: a mark bit, an external chain, or conditions in
    /// iptables' syntax. <see cref="Backend.Auto"/> then means iptables.
    /// </summary>
    public bool NeedsIptables =>
        MarkMasqBit is not null || ExternalSetMarkChain is not null
        || ConditionSyntax.IsIptables(ConditionsV4) || ConditionSyntax.IsIptables(ConditionsV6);

    /// <summary>The conditions of a family; null when there is none.</summary>
    public IReadOnlyList<string>? Conditions(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? ConditionsV4 : ConditionsV6;

    /// <summary>Reads a configuration for ADD or CHECK: whatever is not right is an error, before anything is done.</summary>
    /// <exception cref="CniException">
    /// Code 999, as the reference's, whose text the message begins with; the details name the field by its path, the
    /// value found and the values allowed.
    /// </exception>
    public static HostPortConfiguration Parse(JsonElement config) => StrictConfigurationReader.Read(config);

    /// <summary>
    /// Reads a configuration for DEL or GC: whatever is not right is left out, for what an earlier version or another
    /// plugin once admitted must still be removable. Never throws. What <see cref="Parse"/> accepts reads the same.
    /// </summary>
    public static HostPortConfiguration ParseForDelete(JsonElement config) => LenientConfigurationReader.Read(config);

    /// <summary>Whether both say the same, lists compared item by item.</summary>
    public bool Equals(HostPortConfiguration? other) =>
        other is not null && Backend == other.Backend && Snat == other.Snat && MasqAll == other.MasqAll
        && MarkMasqBit == other.MarkMasqBit && ExternalSetMarkChain == other.ExternalSetMarkChain
        && SameItems(ConditionsV4, other.ConditionsV4) && SameItems(ConditionsV6, other.ConditionsV6)
        && OnConflict == other.OnConflict && SameItems(ExcludeDestinations, other.ExcludeDestinations)
        && SameItems(ExcludeInterfaces, other.ExcludeInterfaces) && SameItems(Mappings, other.Mappings)
        && CacheDirectory == other.CacheDirectory;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Backend, Snat, MasqAll, MarkMasqBit, ExternalSetMarkChain, Mappings.Count);

    private static bool SameItems<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right)
        where T : class
    {
        if (left is null || right is null || left.Count != right.Count)
        {
            return left is null && right is null;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!left[i].Equals(right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
