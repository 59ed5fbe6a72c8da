using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Whether iptables understands a network's conditions, which only iptables itself knows: it is given the input that an ADD
/// would give it, for a pod that does not exist, and told to change nothing (--test).
/// </summary>
internal static class ConditionsProbe
{
    // Addresses of documentation (RFC 5737, RFC 3849).
    private static readonly Attachment Nobody = new(
        new AttachmentId("", "", ""), new AttachmentAddresses(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")), "");

    /// <summary>What a family's conditions are called in the configuration.</summary>
    internal static string Key(AddressFamily family) => family == AddressFamily.InterNetwork ? "conditionsV4" : "conditionsV6";

    /// <summary>
    /// Why it refuses the conditions of a family; null when it takes them, or there are none. Conditions may speak of one
    /// protocol, and are good enough if one takes them.
    /// </summary>
    internal static HostPortException? Refused(IptablesPrograms programs, NatTable table, HostPortConfiguration configuration)
    {
        if (configuration.Conditions(programs.Family) is null)
        {
            return null;
        }

        string? first = null;
        foreach (TransportProtocol protocol in (TransportProtocol[])[TransportProtocol.Tcp, TransportProtocol.Udp, TransportProtocol.Sctp])
        {
            // Without the rules that mark, which have nothing to do with conditions.
            HostPortConfiguration one = configuration with { Snat = false, Mappings = [new PortMapping(1, 1, protocol, null)] };
            ContainerRules rules = ContainerRules.Make(programs.Family, Nobody, one)!;
            if (programs.Test(Addition.Make(table, rules, one).Input.ToString()) is not string failure)
            {
                return null;
            }

            first ??= failure;
        }

        return new HostPortException($"{Key(programs.Family)}: {first}", "iptables was asked with --test, and refuses every pod with such a rule.");
    }
}
