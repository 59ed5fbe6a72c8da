namespace Berth.Kernel.Tests.Iptables;

/// <summary>The plugin that Berth's takes the place of.</summary>
internal static class ReferencePortmap
{
    /// <summary>Its path; the test is skipped, saying why, where there is none.</summary>
    internal static string Program
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP");
            Assert.SkipWhen(
                string.IsNullOrEmpty(path),
                "BERTH_REFERENCE_PORTMAP names no reference plugin, and eng/reference-portmap could not get one (it says why).");
            return path!;
        }
    }
}
