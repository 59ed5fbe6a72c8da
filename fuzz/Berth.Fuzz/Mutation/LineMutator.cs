using System.Text;

namespace Berth.Fuzz;

/// <summary>Changes lines, their indentation and their words, and now and then bytes.</summary>
internal sealed class LineMutator(IReadOnlyList<string> words) : IMutator
{
    private static readonly string[] Odd =
    [
        "", "!", "-", "--", "\"", "\"x", "'", "\\", "0", "-1", "65536", "99999999999999999999", "0x50", "080", "1_000", ":", "::", "/",
        "{", "}", "[", "]", "&a", "*a", "<<: *a", "? ", "| ", ">-", "!!str", "!!int", "~", "null", "%YAML 1.2", "---", "...", "#", "\t",
        "\u001b[31m", "\u202e", "\ufeff", "\u0085", "\u2028", "é",
    ];

    private readonly ByteMutator _bytes = new();

    public byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (random.Next(8) == 0 || input.Length == 0)
        {
            return _bytes.Mutate(input, other, random);
        }

        // Latin-1 keeps bytes that are not UTF-8.
        List<string> lines = [.. Encoding.Latin1.GetString(input).Split('\n')];
        string[] others = Encoding.Latin1.GetString(other).Split('\n');
        for (int i = 1 << random.Next(4); i > 0 && lines.Count > 0; i--)
        {
            Change(lines, others, random);
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private void Change(List<string> lines, string[] others, Random random)
    {
        int at = random.Next(lines.Count);
        switch (random.Next(10))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 2:
                lines.Insert(at, others[random.Next(others.Length)]);
                break;
            case 3:
                int from = random.Next(others.Length);
                lines.InsertRange(at, others[from..Math.Min(others.Length, from + random.Next(12))]);
                break;
            case 4:
                lines[at] = random.Next(2) == 0 ? "  " + lines[at] : lines[at].TrimStart(' ');
                break;
            case 5:
                lines[at] = Encoding.Latin1.GetString(_bytes.Mutate(Encoding.Latin1.GetBytes(lines[at]), [], random));
                break;
            case 6:
                lines[at] += Word(random);
                break;
            case 7:
                lines[at] = Encoding.Latin1.GetString(ByteMutator.Tweak(Encoding.Latin1.GetBytes(lines[at]), random));
                break;
            default:
                string[] parts = lines[at].Split(' ');
                parts[random.Next(parts.Length)] = Word(random);
                lines[at] = string.Join(' ', parts);
                break;
        }
    }

    private string Word(Random random) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(
        words.Count > 0 && random.Next(2) == 0 ? words[random.Next(words.Count)] : Odd[random.Next(Odd.Length)]));
}
