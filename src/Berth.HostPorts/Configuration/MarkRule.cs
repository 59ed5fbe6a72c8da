using System.Globalization;

namespace Berth.HostPorts.Configuration;

/// <summary>How packets are to be marked for masquerading: by a bit, or by a chain of somebody else's.</summary>
internal static class MarkRule
{
    public static void Check(HostPortConfiguration configuration)
    {
        if (configuration is { ExternalSetMarkChain: not null, MarkMasqBit: int bit })
        {
            throw ConfigurationError.Make(
                "Cannot specify externalSetMarkChain and markMasqBit", "markMasqBit",
                bit.ToString(CultureInfo.InvariantCulture), "one of the two keys");
        }

        if (configuration.MarkMasqBit is < 0 or > 31)
        {
            throw ConfigurationError.Make(
                "MasqMarkBit must be between 0 and 31", "markMasqBit",
                configuration.MarkMasqBit.Value.ToString(CultureInfo.InvariantCulture), "0 to 31");
        }
    }
}
