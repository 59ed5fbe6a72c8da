using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The report's tables, for a terminal.</summary>
internal static class TextReport
{
    public static string Render(Report report)
    {
        StringBuilder text = new();
        foreach (Section section in Sections.Of(report))
        {
            text.Append(section.Title).Append('\n');
            section.Table.WriteText(text);
            text.Append('\n');
        }

        return text.ToString();
    }
}
