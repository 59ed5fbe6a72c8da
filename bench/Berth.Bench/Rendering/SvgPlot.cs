using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Berth.Bench.Rendering;

/// <summary>A plot as an SVG file.</summary>
internal static class SvgPlot
{
    private const double Width = 720;
    private const double Height = 380;
    private const double Room = 1.15;
    private static readonly OxyColor Ours = OxyColor.FromRgb(0x0b, 0x6e, 0x99);
    private static readonly OxyColor Theirs = OxyColor.FromRgb(0xc2, 0x55, 0x1d);

    public static string Render(Plot plot)
    {
        PlotModel model = new() { Title = plot.Title, TitleFontSize = 15, Background = OxyColors.White };
        model.Axes.Add(Axis(plot.HasLogarithmicX, AxisPosition.Bottom, plot.X));
        Axis vertical = Axis(plot.HasLogarithmicY, AxisPosition.Left, plot.Y);
        if (!plot.HasLogarithmicY)
        {
            vertical.Minimum = 0;
            vertical.Maximum = Room * plot.Lines.SelectMany(static line => line.Points).Max(static point => point.Y);
        }

        model.Axes.Add(vertical);
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.RightTop });
        foreach (PlotLine line in plot.Lines)
        {
            OxyColor color = line.IsOurs ? Ours : Theirs;
            LineSeries series = new()
            {
                Title = line.Name,
                Color = color,
                LineStyle = line.IsDashed ? LineStyle.Dash : LineStyle.Solid,
                MarkerType = MarkerType.Circle,
                MarkerFill = color,
                MarkerSize = 3,
            };
            series.Points.AddRange(line.Points.Select(static point => new DataPoint(point.X, point.Y)));
            model.Series.Add(series);
        }

        return new SvgExporter { Width = Width, Height = Height }.ExportToString(model).ReplaceLineEndings("\n");
    }

    private static Axis Axis(bool isLogarithmic, AxisPosition position, string title)
    {
        Axis axis = isLogarithmic ? new LogarithmicAxis { PowerPadding = true } : new LinearAxis();
        axis.Position = position;
        axis.Title = title;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = OxyColor.FromRgb(0xe5, 0xe5, 0xe5);
        axis.StringFormat = "#,0.##";
        return axis;
    }
}
