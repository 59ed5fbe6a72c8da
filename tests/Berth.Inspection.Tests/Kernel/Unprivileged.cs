using System.Runtime.InteropServices;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>Looks at the namespace on a thread without capabilities and as another user.</summary>
internal static partial class Unprivileged
{
    private const int Setresuid = 117; // of x86-64; the call itself, for libc's changes every thread
    private const int Nobody = 65534;

    internal static NodeSnapshot Read() => Run(static () =>
        NodeReader.Read(new NodeReaderOptions { CniCacheDirectory = "/run/cni", PodLogDirectory = "/run/pods" }));

    internal static T Run<T>(Func<T> read)
        where T : class
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the call's number is that of x86-64");
        T? result = null;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, syscall(Setresuid, Nobody, Nobody, Nobody));
                result = read();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        return result!;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint real, nint effective, nint saved);
}
