namespace Berth.Inspection.Tests.Kernel;

/// <summary>Tests in the network, mount and PID namespaces that <c>run</c> made: one after the other, each on empty rulesets.</summary>
[Collection("kernel")]
public abstract class KernelTests
{
    protected KernelTests()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("BERTH_INSPECTION_ISOLATED") == "1",
            "needs namespaces of its own: start the tests with the project's executable run");
        Tool.Nft("flush ruleset");
        // What other tests sent is still known for minutes.
        Tool.Try("conntrack", ["-F"]);
        foreach (string line in Tool.Run("ip", "-o", "link", "show").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = line.Split(": ")[1].Split('@')[0];
            if (name != "lo")
            {
                Tool.Try("ip", ["link", "delete", name]);
            }
        }
    }

    /// <summary>Reads the namespace; the machine's own files are left out.</summary>
    protected static NodeSnapshot Read(bool withArguments = false) => NodeReader.Read(new NodeReaderOptions
    {
        CniCacheDirectory = "/run/cni",
        PodLogDirectory = "/run/pods",
        WithArguments = withArguments,
    });

    /// <summary>A link with addresses.</summary>
    protected static void MakeLink(string name, params string[] addresses)
    {
        Tool.Run("ip", "link", "add", name, "type", "bridge");
        foreach (string address in addresses)
        {
            string[] more = address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : [];
            Tool.Run("ip", ["address", "add", address, "dev", name, .. more]);
        }

        Tool.Run("ip", "link", "set", name, "up");
    }
}

/// <summary>The rulesets are those of a network namespace, and so of the process.</summary>
[CollectionDefinition("kernel", DisableParallelization = true)]
public sealed class KernelCollection;
