using System.Globalization;

namespace Berth.Fuzz;

/// <summary>The command line; `fuzz/run --help` explains it.</summary>
/// <param name="Targets">What to fuzz.</param>
/// <param name="Time">How long each.</param>
/// <param name="Inputs">How many inputs each, at most.</param>
/// <param name="Least">How many inputs each, however long it takes.</param>
/// <param name="Seed">Where chance begins.</param>
/// <param name="Root">The directory "fuzz" of the checkout: seeds, and where findings go.</param>
/// <param name="Scratch">A child's file for its current input; null in the parent.</param>
internal sealed record Options(
    IReadOnlyList<FuzzTarget> Targets, TimeSpan Time, long Inputs, long Least, int Seed, string Root, string? Scratch)
{
    /// <exception cref="UsageException">It is not as `fuzz/run --help` says.</exception>
    internal static Options Parse(IReadOnlyList<string> arguments)
    {
        List<FuzzTarget> targets = [];
        TimeSpan time = TimeSpan.FromSeconds(10);
        long inputs = long.MaxValue;
        long least = 0;
        int seed = Environment.TickCount & int.MaxValue;
        string? root = null;
        string? scratch = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            string Value() => ++i < arguments.Count ? arguments[i] : throw new UsageException($"{option} needs a value");
            switch (option)
            {
                case "--seconds":
                    time = TimeSpan.FromMilliseconds(1000 * Number(option, Value()));
                    break;
                case "--inputs":
                    inputs = (long)Number(option, Value());
                    break;
                case "--least":
                    least = (long)Number(option, Value());
                    break;
                case "--seed":
                    seed = (int)Number(option, Value());
                    break;
                case "--root":
                    root = Value();
                    break;
                case "--scratch":
                    scratch = Value();
                    break;
                default:
                    targets.Add(FuzzTargets.Find(option) ?? throw new UsageException($"there is no target {option}"));
                    break;
            }
        }

        return new Options(
            targets.Count > 0 ? targets : FuzzTargets.Sound, time, inputs, least, seed, root ?? throw new UsageException("--root is missing"), scratch);
    }

    private static double Number(string option, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number is > 0 and < 1e12
            ? number
            : throw new UsageException($"{option} is {text}, and must be a number above 0");
}

/// <summary>The command line cannot be used.</summary>
internal sealed class UsageException(string message) : Exception(message);
