namespace Berth.Manifests;

/// <summary>A toleration. What is null was not given.</summary>
/// <param name="Key">The taint's key; without it every key.</param>
/// <param name="Operator">Equal, which is also the default, or Exists.</param>
/// <param name="Value">The taint's value.</param>
/// <param name="Effect">The taint's effect; without it every effect.</param>
public sealed record Toleration(string? Key, string? Operator, string? Value, string? Effect)
{
    /// <summary>Whether it tolerates a taint (ToleratesTaint of the API's core/v1).</summary>
    public bool Tolerates(Taint taint)
    {
        if (!string.IsNullOrEmpty(Effect) && Effect != taint.Effect)
        {
            return false;
        }

        if (!string.IsNullOrEmpty(Key) && Key != taint.Key)
        {
            return false;
        }

        return string.IsNullOrEmpty(Operator) || Operator == "Equal" ? (Value ?? "") == taint.Value : Operator == "Exists";
    }
}
