namespace Berth.Bench;

/// <summary>The benchmark cannot go on; the message says what failed, for the person who started it.</summary>
internal sealed class BenchException(string message) : Exception(message);
