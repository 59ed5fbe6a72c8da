using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Berth.Cni;

/// <summary>
/// Reading JSON as every CNI plugin written in Go does: keys without regard to case, the last of several equal keys
/// wins, null is the same as absent, unknown keys do not matter.
/// </summary>
/// <remarks>
/// Nothing here throws on content: a text with half a surrogate pair in an escape, which JSON's grammar allows and
/// <see cref="JsonElement.GetString"/> refuses with an exception of its own, counts as no text.
/// </remarks>
public static class JsonProperties
{
    /// <summary>Finds a property of an object.</summary>
    /// <returns>False when the element is no object, or the property is missing or null.</returns>
    public static bool TryGetPropertyIgnoringCase(this JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (HasName(property, name))
            {
                value = property.Value;
            }
        }

        return value.IsPresent();
    }

    /// <summary>
    /// Finds several properties in one pass, which makes no text of names that are as they should be: for objects of which
    /// there may be thousands.
    /// </summary>
    /// <param name="element">The object; of anything else no property is found.</param>
    /// <param name="names">The properties' names.</param>
    /// <param name="values">Gets the value of each; null and missing ones are of kind Undefined or Null.</param>
    public static void FindIgnoringCase(this JsonElement element, ReadOnlySpan<string> names, Span<JsonElement> values)
    {
        values.Clear();
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        int next = 0;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            int index = IndexOf(property, names, next);
            if (index >= 0)
            {
                values[index] = property.Value;
                next = index + 1;
            }
        }
    }

    /// <summary>Whether a property that was looked for is there.</summary>
    public static bool IsPresent(this JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The element's text.</summary>
    /// <returns>False when it is no string, or no valid one.</returns>
    public static bool TryGetText(this JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString();
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return text is not null;
    }

    /// <summary>How a person would name the element's kind: "object", "array", "string", "number", "bool", "null".</summary>
    public static string KindName(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };

    // Whoever writes an object a thousand times writes its properties in one order: the name after the last one comes first.
    private static int IndexOf(JsonProperty property, ReadOnlySpan<string> names, int likely)
    {
        try
        {
            for (int i = 0; i < names.Length; i++)
            {
                int index = (likely + i) % names.Length;
                if (property.NameEquals(names[index]))
                {
                    return index;
                }
            }

            string name = property.Name;
            for (int i = 0; i < names.Length; i++)
            {
                if (string.Equals(name, names[i], StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: the name of nothing.
        }

        return -1;
    }

    internal static bool HasName(JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name) || string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
