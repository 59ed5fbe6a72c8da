using System.Runtime.CompilerServices;

namespace Berth.Kernel.Tests.Topology;

/// <summary>The tests make namespaces, rules and mounts: never on the machine's own.</summary>
internal static class Isolation
{
    [ModuleInitializer]
    internal static void Require()
    {
        if (Environment.GetEnvironmentVariable("BERTH_KERNEL_ISOLATED") != "1")
        {
            Console.Error.WriteLine("The kernel tests run in namespaces of their own: start them with tests/Berth.Kernel.Tests/run");
            Environment.Exit(2);
        }
    }
}
