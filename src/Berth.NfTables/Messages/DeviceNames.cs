using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>A list of devices on the wire (NFTA_HOOK_DEVS, NFTA_FLOWTABLE_HOOK_DEVS).</summary>
internal static class DeviceNames
{
    private const int Name = 1; // NFTA_DEVICE_NAME
    private const int Prefix = 2; // NFTA_DEVICE_PREFIX, from 6.16 on: all whose names begin so

    /// <summary>The names; of those that begin alike the beginning and an asterisk, as nft writes it.</summary>
    internal static IReadOnlyList<string> Read(AttributeReader list)
    {
        List<string> names = [];
        foreach (NetlinkAttribute attribute in list)
        {
            if (attribute.Type is Name or Prefix)
            {
                names.Add(attribute.ReadString() + (attribute.Type == Prefix ? "*" : ""));
            }
        }

        return names;
    }
}
