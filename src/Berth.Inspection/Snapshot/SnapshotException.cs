namespace Berth.Inspection;

/// <summary>A file is no snapshot that this version can read.</summary>
public sealed class SnapshotException(string message, Exception? inner = null) : Exception(message, inner);
