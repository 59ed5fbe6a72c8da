using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Which of the reference plugin's rules are an attachment's. Their comment names the container alone, and the reference's
/// own DEL takes all of the container, other networks' and interfaces' included. What a rule tells besides is where it
/// leads to: an address belongs to one attachment. So the rules that are known to lead elsewhere stay, for the DEL of
/// whoever they belong to, and all go only where nothing tells them apart.
/// </summary>
internal static class ReferenceAttachment
{
    /// <summary>Those of one family.</summary>
    internal static List<ReferenceRule> Find(
        NfTablesConnection connection, FamilyState state, Attachment attachment, HostPortConfiguration configuration)
    {
        List<ReferenceRule> rules = state.Reference.All(connection).FindAll(rule => rule.Container == attachment.Id.ContainerId);
        HashSet<IPAddress>? pods = rules.Count == 0 ? [] : Pods(rules, state, attachment, configuration);
        return pods is null ? rules : rules.FindAll(rule => rule.Pod is null || pods.Contains(rule.Pod));
    }

    // By the previous result, which is exact; else by what Berth itself has on record; else by what the configuration says
    // was mapped. Null when none of them tells.
    private static HashSet<IPAddress>? Pods(
        List<ReferenceRule> rules, FamilyState state, Attachment attachment, HostPortConfiguration configuration)
    {
        if (attachment.Addresses.V4 is not null || attachment.Addresses.V6 is not null)
        {
            return FamilyPlan.Pod(state.Table.Family, attachment.Addresses) is IPAddress pod ? [pod] : [];
        }

        if (state.Record is AttachmentRecord record)
        {
            return [record.Pod];
        }

        HashSet<IPAddress> pods = [];
        foreach (ReferenceRule rule in rules)
        {
            if (rule.Mapping is not null && IsConfigured(rule.Mapping, configuration))
            {
                pods.Add(rule.Mapping.Pod);
            }
        }

        return pods.Count == 0 ? null : pods;
    }

    private static bool IsConfigured(MappingElement mapping, HostPortConfiguration configuration)
    {
        foreach (PortMapping configured in configuration.Mappings)
        {
            IPAddress? host = configured.HostIP;
            bool isAny = host is null || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any);
            if ((byte)configured.Protocol == mapping.Protocol
                && mapping.HostPort >= configured.HostPort && mapping.HostPort <= configured.HostPortEnd
                && mapping.HostPort - configured.HostPort == mapping.ContainerPort - configured.ContainerPort
                && (isAny ? mapping.HostAddress is null : host!.Equals(mapping.HostAddress)))
            {
                return true;
            }
        }

        return false;
    }
}
