using System.Text;

namespace Berth.Cni;

/// <summary>What names CNI allows (SPEC section 1 "name" and section 2 "Parameters"), without a regex engine.</summary>
internal static class NameRules
{
    /// <summary>IFNAMSIZ (linux/if.h) less the NUL.</summary>
    private const int LongestInterfaceName = 15;

    private const string Identifier = "an ASCII letter or digit, then those, '_', '.' and '-'";
    private const string InterfaceName = "1 to 15 bytes without '/', ':' and white space, and neither \".\" nor \"..\"";

    public static void CheckNetworkName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw CniException.InvalidConfiguration("missing network name", $"name is missing or empty; allowed: {Identifier}");
        }

        if (!IsIdentifier(name))
        {
            throw CniException.InvalidConfiguration(
                "invalid characters found in network name", $"name is \"{name}\"; allowed: {Identifier}");
        }
    }

    public static void CheckContainerId(string containerId)
    {
        if (!IsIdentifier(containerId))
        {
            throw CniException.InvalidEnvironment(
                "invalid characters in containerID", $"CNI_CONTAINERID is \"{containerId}\"; allowed: {Identifier}");
        }
    }

    public static void CheckInterfaceName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > LongestInterfaceName)
        {
            throw Invalid("interface name is too long");
        }

        if (name is "." or "..")
        {
            throw Invalid("interface name is . or ..");
        }

        foreach (char c in name)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c))
            {
                throw Invalid("interface name contains / or : or whitespace characters");
            }
        }

        CniException Invalid(string message) =>
            CniException.InvalidEnvironment(message, $"CNI_IFNAME is \"{name}\"; allowed: {InterfaceName}");
    }

    private static bool IsIdentifier(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]);
    }
}
