using System.Runtime.ExceptionServices;

namespace Berth.Netlink;

/// <summary>A thread made for one function and gone after it, so that what the function does to its thread cannot
/// outlive it.</summary>
internal static class DedicatedThread
{
    internal static T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };

        // The execution context would carry the caller's AsyncLocals, and whoever watches them, into the namespace.
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
