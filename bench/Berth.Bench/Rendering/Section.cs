namespace Berth.Bench.Rendering;

/// <summary>A part of the report: what was measured, and the numbers.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Text">How it was measured, and how it is to be read.</param>
/// <param name="Table">The numbers.</param>
/// <param name="Plot">A plot of them, or null.</param>
internal sealed record Section(string Title, string Text, Table Table, Plot? Plot);

/// <summary>A plot.</summary>
/// <param name="Name">Its file's name, without extension.</param>
/// <param name="Title">What it shows.</param>
/// <param name="X">What the horizontal axis says.</param>
/// <param name="Y">What the vertical axis says.</param>
/// <param name="Lines">The lines.</param>
internal sealed record Plot(string Name, string Title, string X, string Y, IReadOnlyList<PlotLine> Lines)
{
    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool HasLogarithmicX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; else it begins at zero.</summary>
    public bool HasLogarithmicY { get; init; }
}

/// <summary>A line of a plot, and its points.</summary>
internal sealed record PlotLine(string Name, bool IsOurs, bool IsDashed, IReadOnlyList<(double X, double Y)> Points);
