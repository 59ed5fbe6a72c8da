namespace Berth.NfTables;

/// <summary>Hooks of the IP families (NF_INET_*).</summary>
public enum NfHook
{
    /// <summary>Before routing: all that comes in.</summary>
    Prerouting = 0,

    /// <summary>For local processes, after routing.</summary>
    Input = 1,

    /// <summary>For others, after routing.</summary>
    Forward = 2,

    /// <summary>From local processes.</summary>
    Output = 3,

    /// <summary>All that goes out.</summary>
    Postrouting = 4,

    /// <summary>As it comes from a device (inet and netdev).</summary>
    Ingress = 5,
}
