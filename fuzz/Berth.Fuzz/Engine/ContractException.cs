namespace Berth.Fuzz;

/// <summary>A reader gave something that it says it never gives. No target declares it.</summary>
internal sealed class ContractException(string message) : Exception(message);
