namespace Berth.Cni;

/// <summary>An error as CNI knows it: what a plugin prints on stdout, and what a runtime reads there.</summary>
public sealed class CniException : Exception
{
    /// <summary>Makes an error of any code.</summary>
    /// <param name="code">One of <see cref="CniErrorCode"/>, or from 100 up a plugin's own.</param>
    /// <param name="message">One line that says what is wrong.</param>
    /// <param name="details">More, for the person who has to mend it; not printed when null or empty.</param>
    /// <param name="innerException">What caused it, if anything did; never printed.</param>
    public CniException(int code, string message, string? details = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Details = details;
    }

    /// <summary>The code, see <see cref="CniErrorCode"/>.</summary>
    public int Code { get; }

    /// <summary>More about the error, or null.</summary>
    public string? Details { get; }

    /// <summary>The configuration's version is not one that the plugin speaks (code 1).</summary>
    public static CniException IncompatibleVersion(string message, string? details = null) =>
        new(CniErrorCode.IncompatibleVersion, message, details);

    /// <summary>A field that cannot be honoured (code 2).</summary>
    public static CniException UnsupportedField(string message, string? details = null) =>
        new(CniErrorCode.UnsupportedField, message, details);

    /// <summary>The container does not exist (code 3).</summary>
    public static CniException UnknownContainer(string message, string? details = null) =>
        new(CniErrorCode.UnknownContainer, message, details);

    /// <summary>A CNI_* variable is missing or invalid (code 4).</summary>
    public static CniException InvalidEnvironment(string message, string? details = null) =>
        new(CniErrorCode.InvalidEnvironment, message, details);

    /// <summary>Reading or writing failed (code 5).</summary>
    public static CniException IOFailure(string message, string? details = null, Exception? cause = null) =>
        new(CniErrorCode.IOFailure, message, details, cause);

    /// <summary>Something could not be decoded (code 6).</summary>
    public static CniException DecodingFailure(string message, string? details = null, Exception? cause = null) =>
        new(CniErrorCode.DecodingFailure, message, details, cause);

    /// <summary>The network configuration is invalid (code 7).</summary>
    public static CniException InvalidConfiguration(string message, string? details = null) =>
        new(CniErrorCode.InvalidConfiguration, message, details);

    /// <summary>The network namespace cannot be used (code 8).</summary>
    public static CniException InvalidNetworkNamespace(string message, string? details = null) =>
        new(CniErrorCode.InvalidNetworkNamespace, message, details);

    /// <summary>Transient: try again later (code 11).</summary>
    public static CniException TryAgainLater(string message, string? details = null) =>
        new(CniErrorCode.TryAgainLater, message, details);

    /// <summary>STATUS: ADD cannot be served (code 50).</summary>
    public static CniException NotAvailable(string message, string? details = null) =>
        new(CniErrorCode.NotAvailable, message, details);

    /// <summary>STATUS: ADD cannot be served, and existing containers may suffer (code 51).</summary>
    public static CniException LimitedConnectivity(string message, string? details = null) =>
        new(CniErrorCode.LimitedConnectivity, message, details);

    /// <summary>The plugin's own failure (code 999).</summary>
    public static CniException Internal(string message, string? details = null, Exception? cause = null) =>
        new(CniErrorCode.Internal, message, details, cause);
}
