namespace Berth.Inspection.Tests.Kernel;

/// <summary>The ipsets of the tests' namespace.</summary>
internal static class KernelSets
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string NoLegacyRules =
        string.Concat(((string[])["raw", "mangle", "nat", "filter", "security"]).Select(static table => $"*{table}\nCOMMIT\n"));

    /// <summary>Removes all, whichever test has made them, and makes those of a text as ipset-save prints it.</summary>
    internal static void Replace(string text)
    {
        long start = Environment.TickCount64;
        // A list holds its members until it is empty, and the kernel a rule's sets some time after the rule is gone.
        Tool.Try("ipset", ["flush"]);
        while (Tool.Try("ipset", ["destroy"]) is { ExitCode: not 0 } refused)
        {
            Assert.True(Environment.TickCount64 - start < Limit.TotalMilliseconds, refused.Errors);
            Tool.Try("iptables-legacy-restore", [], NoLegacyRules);
            Tool.Try("ip6tables-legacy-restore", [], NoLegacyRules);
            Thread.Sleep(100);
        }

        if (text.Length > 0)
        {
            Tool made = Tool.Try("ipset", ["restore"], text);
            Assert.True(made.ExitCode == 0, made.Errors);
        }
    }
}
