using System.Net;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Ipvs;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Keeps the set "services_at": the virtual services of IPVS on addresses that "services" does not cover, above all
/// NodePorts, which kube-proxy serves on the node's own addresses. They are read once for both families.
/// </summary>
internal sealed class VirtualServices
{
    private IReadOnlyList<VirtualService>? _services;
    private bool _isRead;

    /// <summary>Says what changes; nothing where the services cannot be known.</summary>
    internal void Update(
        ElementChanges changes, NfTablesConnection connection, SchemaState schema, BerthTable table,
        ServiceAddresses addresses)
    {
        Read();
        if (_services is null)
        {
            return;
        }

        Set set = table.Sets.ServicesAt;
        HashSet<DataValue> wanted = Wanted(table.Family, addresses);
        List<(Element Element, VirtualService Service)> missed = [];
        foreach (Element present in schema.MayHaveElements(set) ? connection.Elements(set) : [])
        {
            if (!wanted.Remove(present.Key) && Parse(table.Family, present.Key) is VirtualService service)
            {
                missed.Add((present, service));
            }
        }

        Remove(changes, set, missed, addresses);
        foreach (DataValue key in wanted)
        {
            changes.Replace(set, null, new Element(key) { Comment = OwnerComment.Version });
        }
    }

    private static DataValue Key(VirtualService service) => DataValue.Concatenate(
        DataValue.FromAddress(service.Address), DataValue.FromByte(service.Protocol), DataValue.FromPort(service.Port));

    private static VirtualService? Parse(NfFamily family, DataValue key)
    {
        int size = family == NfFamily.Ip6 ? 16 : 4;
        return key.Length == size + 8
            ? new VirtualService(key.Bytes[size], key.Field(0, size).ToAddress(), key.Field(size + 4, 2).ToPort())
            : null;
    }

    private void Read()
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        try
        {
            using IpvsConnection? ipvs = IpvsConnection.Open();
            _services = ipvs?.Services() ?? [];
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.NotPermitted)
        {
            // Root of a user namespace may not ask, and could not have made one either.
        }
    }

    private HashSet<DataValue> Wanted(NfFamily family, ServiceAddresses addresses)
    {
        AddressFamily kind = family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        HashSet<DataValue> wanted = [];
        foreach (VirtualService service in _services!)
        {
            if (service.Address.AddressFamily != kind)
            {
                continue;
            }

            DataValue address = DataValue.FromAddress(service.Address);
            if (addresses.OnKubeIpvs.Contains(address))
            {
                continue;
            }

            if (service.Port == 0)
            {
                addresses.AddServedOnAnyPort(address);
            }
            else
            {
                wanted.Add(Key(service));
            }
        }

        return wanted;
    }

    // What a reading has missed may be there all the same: kube-proxy changes services while they are read. So each is asked
    // for by its name before it goes.
    private static void Remove(
        ElementChanges changes, Set set, List<(Element Element, VirtualService Service)> missed, ServiceAddresses addresses)
    {
        if (missed.Count == 0)
        {
            return;
        }

        List<VirtualService> services = [];
        foreach ((_, VirtualService service) in missed)
        {
            services.Add(service);
        }

        using IpvsConnection? ipvs = IpvsConnection.Open();
        IReadOnlyList<bool>? isThere = ipvs?.Has(services);
        for (int i = 0; i < services.Count; i++)
        {
            bool isCovered = addresses.OnKubeIpvs.Contains(DataValue.FromAddress(services[i].Address));
            if (isCovered || isThere is null || !isThere[i])
            {
                changes.Replace(set, missed[i].Element, null);
            }
        }
    }
}
