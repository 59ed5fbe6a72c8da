namespace Berth.Manifests;

/// <summary>A number of pods, or a percentage of them.</summary>
/// <param name="Value">The number, or the percentage.</param>
/// <param name="IsPercent">Which of them it is.</param>
public readonly record struct CountOrPercent(int Value, bool IsPercent)
{
    /// <summary>The number of pods out of so many.</summary>
    /// <param name="total">How many there are.</param>
    /// <param name="roundUp">As the Deployment controller does for surge; unavailable pods are rounded down.</param>
    public int Of(int total, bool roundUp)
    {
        if (!IsPercent)
        {
            return Value;
        }

        long hundredths = (long)Value * total;
        return (int)Math.Min(int.MaxValue, roundUp ? (hundredths + 99) / 100 : hundredths / 100);
    }

    /// <summary>As it is written: <c>25%</c> or <c>1</c>.</summary>
    public override string ToString() => IsPercent ? $"{Value}%" : $"{Value}";
}
