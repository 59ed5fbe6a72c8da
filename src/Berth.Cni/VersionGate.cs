namespace Berth.Cni;

/// <summary>Which verb a configuration's version allows, with the reference's errors in the reference's order.</summary>
internal static class VersionGate
{
    public static void Check(CniCommand command, string version)
    {
        if (command is CniCommand.Check or CniCommand.Gc or CniCommand.Status)
        {
            string verb = command.ToString().ToUpperInvariant();
            ProtocolVersion first = command == CniCommand.Check
                ? ProtocolVersion.FirstWithCheck
                : ProtocolVersion.FirstWithGcAndStatus;
            ProtocolVersion parsed = ProtocolVersion.Parse(version);
            if (parsed < first)
            {
                throw CniException.IncompatibleVersion(
                    $"config version does not allow {verb}", $"cniVersion is \"{version}\"; allowed: {first} and newer");
            }

            if (parsed > ProtocolVersion.Parse(ProtocolVersion.Newest))
            {
                throw CniException.IncompatibleVersion(
                    $"plugin version does not allow {verb}",
                    $"cniVersion is \"{version}\"; allowed: up to {ProtocolVersion.Newest}");
            }
        }

        if (!ProtocolVersion.IsSupported(version))
        {
            throw CniException.IncompatibleVersion(
                "incompatible CNI versions",
                $"config is \"{version}\", plugin supports [\"{string.Join("\" \"", ProtocolVersion.Supported)}\"]");
        }
    }
}
