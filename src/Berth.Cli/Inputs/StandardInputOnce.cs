using System.CommandLine;

namespace Berth.Cli.Inputs;

/// <summary>Standard input, "-" in the place of a file, can be read only once.</summary>
internal static class StandardInputOnce
{
    /// <exception cref="CommandException">Several options want it.</exception>
    public static void Check(ParseResult parsed, params IEnumerable<Option> options)
    {
        List<string> readers = [.. options.SelectMany(option =>
            (parsed.GetResult(option)?.Tokens ?? []).Where(static token => token.Value == "-").Select(_ => option.Name))];
        if (readers.Count > 1)
        {
            throw new CommandException(
                $"{string.Join(" and ", readers.Select(static reader => $"{reader} -"))}: only one of them can read standard input; name a file");
        }
    }
}
