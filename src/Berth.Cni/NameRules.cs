using System.Text;

namespace Berth.Cni;

/// <summary>What names CNI allows (SPEC section 1 "name" and section 2 "Parameters"), without a regex engine.</summary>
internal static class NameRules
{
    /// <summary>IFNAMSIZ (linux/if.h) less the NUL.</summary>
    private const int LongestInterfaceName = 15;

    public static void CheckNetworkName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw CniException.InvalidConfiguration("missing network name");
        }

        if (!IsIdentifier(name))
        {
            throw CniException.InvalidConfiguration("invalid characters found in network name", name);
        }
    }

    public static void CheckContainerId(string containerId)
    {
        if (!IsIdentifier(containerId))
        {
            throw CniException.InvalidEnvironment("invalid characters in containerID", containerId);
        }
    }

    public static void CheckInterfaceName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > LongestInterfaceName)
        {
            throw CniException.InvalidEnvironment(
                "interface name is too long", "interface name should be less than 16 characters");
        }

        if (name is "." or "..")
        {
            throw CniException.InvalidEnvironment("interface name is . or ..");
        }

        foreach (char c in name)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c))
            {
                throw CniException.InvalidEnvironment("interface name contains / or : or whitespace characters");
            }
        }
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
