namespace Berth.Cni;

/// <summary>The error codes of the CNI specification (section 5, "Error"). Codes from 100 are a plugin's own.</summary>
public static class CniErrorCode
{
    /// <summary>The configuration's version is not one that the plugin speaks.</summary>
    public const int IncompatibleVersion = 1;

    /// <summary>The configuration holds a field that the plugin cannot honour; the message names key and value.</summary>
    public const int UnsupportedField = 2;

    /// <summary>The container is unknown or does not exist; the runtime need not clean up.</summary>
    public const int UnknownContainer = 3;

    /// <summary>A necessary CNI_* environment variable is missing or invalid.</summary>
    public const int InvalidEnvironment = 4;

    /// <summary>Reading or writing failed, for instance the configuration on stdin.</summary>
    public const int IOFailure = 5;

    /// <summary>What was read is not what it should be, for instance not JSON.</summary>
    public const int DecodingFailure = 6;

    /// <summary>The network configuration is invalid.</summary>
    public const int InvalidConfiguration = 7;

    /// <summary>The network namespace cannot be used.</summary>
    public const int InvalidNetworkNamespace = 8;

    /// <summary>A transient condition: the runtime should try again later.</summary>
    public const int TryAgainLater = 11;

    /// <summary>STATUS: the plugin cannot serve ADD.</summary>
    public const int NotAvailable = 50;

    /// <summary>STATUS: the plugin cannot serve ADD, and containers that exist may have limited connectivity.</summary>
    public const int LimitedConnectivity = 51;

    /// <summary>Whatever goes wrong in the plugin's own work; the code that the reference plugins use for it.</summary>
    public const int Internal = 999;
}
