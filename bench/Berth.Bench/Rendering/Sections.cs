using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>What a report says, part by part.</summary>
internal static class Sections
{
    public static IReadOnlyList<Section> Of(Report report)
    {
        List<Section> sections = [];
        Add(report.AmongMappings, rows => TimeSections.AmongMappings(rows, report.Floor));
        Add(report.ManyPorts, TimeSections.ManyPorts);
        Add(report.Range, TimeSections.Range);
        Add(report.Collection, TimeSections.Collection);
        Add(report.Together, LoadSections.Together);
        Add(report.Expenses, LoadSections.Expenses);
        Add(report.Memory, LoadSections.Memory);
        Add(report.Traffic, TrafficSections.Connections);
        if (report.AfterDelete is var (atOnce, later))
        {
            sections.Add(LoadSections.AfterDelete(atOnce, later));
        }

        return sections;

        void Add<T>(T? result, Func<T, Section> make)
            where T : class
        {
            if (result is not null)
            {
                sections.Add(make(result));
            }
        }
    }
}
