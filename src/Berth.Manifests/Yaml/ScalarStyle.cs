namespace Berth.Manifests;

/// <summary>How a scalar was written, which decides what it is.</summary>
internal enum ScalarStyle
{
    /// <summary>Without quotes: what it is depends on its text. JSON's <c>true</c>, <c>false</c> and <c>null</c> as well.</summary>
    Plain,

    /// <summary>In quotes, a block, or tagged as a string.</summary>
    Text,

    /// <summary>A number of JSON, in which a leading zero or an underscore means nothing.</summary>
    JsonNumber,
}
