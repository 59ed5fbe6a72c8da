using System.Diagnostics;

namespace Berth.Fuzz;

/// <summary>What is wrong with a reader, as one input shows it.</summary>
/// <param name="Kind">The exception's type, or <see cref="Trial.Hang"/>: files are named so.</param>
/// <param name="Place">Where it happened, to tell findings from each other.</param>
/// <param name="Text">The whole story.</param>
internal sealed record Failure(string Kind, string Place, string Text);

/// <summary>One input read once.</summary>
internal static class Trial
{
    /// <summary>The kind of what takes too long.</summary>
    internal const string Hang = "hang";

    /// <summary>What takes longer than this is a hang: in the processor, for on a busy machine others have it too, or waiting for
    /// something that is not the processor.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly StandstillClock Standstill = new(StandstillClock.Own);

    /// <summary>Null when the reader gave something, or threw what it declares.</summary>
    internal static Failure? Run(FuzzTarget target, byte[] input)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        Standstill.Start();
        try
        {
            target.Run(input);
        }
#pragma warning disable CA1031 // Which exceptions come is the question.
        catch (Exception e)
        {
            if (!target.Declared.Any(type => type.IsInstanceOfType(e)))
            {
                return new Failure(e.GetType().Name, Place(e), e.ToString());
            }
        }
#pragma warning restore CA1031

        TimeSpan taken = Environment.CpuUsage.TotalTime - start;
        if (taken > Limit)
        {
            return new Failure(Hang, target.Name, $"{taken.TotalSeconds:0.0} s for {input.Length} bytes");
        }

        TimeSpan stoodStill = Standstill.Elapsed(Limit);
        return stoodStill <= Limit
            ? null
            : new Failure(Hang, target.Name, $"{stoodStill.TotalSeconds:0.0} s of waiting, not for the processor, for {input.Length} bytes");
    }

    /// <summary>The same tried three times: what was slow once may have waited for the compiler.</summary>
    internal static Failure? RunSurely(FuzzTarget target, byte[] input)
    {
        Failure? failure = Run(target, input);
        for (int i = 0; i < 2 && failure is not null; i++)
        {
            failure = Run(target, input) is Failure again && again.Kind == failure.Kind ? failure : null;
        }

        return failure;
    }

    // The innermost frame that is ours tells bugs from each other well enough.
    private static string Place(Exception e)
    {
        foreach (StackFrame frame in new StackTrace(e).GetFrames())
        {
            if (frame.GetMethod() is { DeclaringType: Type type } method
                && type.FullName?.StartsWith("Berth.", StringComparison.Ordinal) == true)
            {
                return $"{type.Name}.{method.Name}";
            }
        }

        return "";
    }
}
