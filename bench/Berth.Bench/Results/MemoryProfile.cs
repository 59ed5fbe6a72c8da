namespace Berth.Bench.Results;

/// <summary>What of a call is resident when it is about to exit, in KiB, as the kernel says it (bench/memory).</summary>
/// <param name="Call">The call: backend and ports, or pods.</param>
/// <param name="Operation">The verb.</param>
/// <param name="Total">All.</param>
/// <param name="Program">Pages of the file itself.</param>
/// <param name="Data">Pages of the file that were written to, and what the runtime allocates for itself.</param>
/// <param name="Objects">The collector's heap: what the call has read, and made of it.</param>
/// <param name="Stack">Of the first thread.</param>
/// <param name="Input">How long the request was.</param>
internal sealed record MemoryProfile(
    string Call, string Operation, int Total, int Program, int Data, int Objects, int Stack, int Input);
