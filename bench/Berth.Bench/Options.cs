using System.Globalization;
using Berth.Bench.Measurements;

namespace Berth.Bench;

/// <summary>The command line; `bench/run --help` explains it.</summary>
internal sealed record Options(
    string Portmap,
    string Reference,
    int Pairs,
    bool IsQuick,
    IReadOnlyCollection<string> Parts,
    bool Check,
    string? Out,
    string? Readme,
    string Command)
{
    private const int DefaultPairs = 100;
    private const int QuickPairs = 10;

    /// <exception cref="UsageException">It is not as `bench/run --help` says.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        string? portmap = null;
        string? reference = null;
        string? output = null;
        string? readme = null;
        string command = "";
        int? pairs = null;
        IReadOnlyCollection<string> parts = Suite.Parts;
        bool quick = false;
        bool check = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            string Value() => ++i < arguments.Count
                ? arguments[i]
                : throw new UsageException($"{option} needs a value");
            switch (option)
            {
                case "--portmap":
                    portmap = Executable(option, Value());
                    break;
                case "--reference":
                    reference = Executable(option, Value());
                    break;
                case "--runs":
                    pairs = Runs(Value());
                    break;
                case "--only":
                    parts = PartsOf(Value());
                    break;
                case "--quick":
                    quick = true;
                    break;
                case "--check":
                    check = true;
                    break;
                case "--out":
                    output = Value();
                    break;
                case "--readme":
                    readme = Value();
                    break;
                case "--command":
                    command = Value();
                    break;
                default:
                    throw new UsageException($"unknown option {option}");
            }
        }

        return new Options(
            portmap ?? throw new UsageException("--portmap is missing"),
            reference ?? throw new UsageException("--reference is missing: the path of the reference plugin"),
            pairs ?? (quick ? QuickPairs : DefaultPairs),
            quick,
            parts,
            check,
            output,
            readme,
            command);
    }

    private static int Runs(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs is >= 2 and <= 100_000
            ? runs
            : throw new UsageException($"--runs is {text}, and must be a number from 2 to 100000");

    private static string[] PartsOf(string text)
    {
        string[] parts = text.Split(',');
        string? unknown = parts.FirstOrDefault(static part => !Suite.Parts.Contains(part));
        return unknown is null
            ? parts
            : throw new UsageException($"--only: there is no part {unknown}, only {string.Join(", ", Suite.Parts)}");
    }

    private static string Executable(string option, string path) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new UsageException($"{option}: there is no file {path}");
}

/// <summary>The command line cannot be used.</summary>
internal sealed class UsageException(string message) : Exception(message);
