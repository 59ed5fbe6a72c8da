namespace Berth.HostPorts.Iptables;

/// <summary>Reads a table, and changes it once, until nobody else changed it between the two.</summary>
internal static class TableChange
{
    // Each attempt runs two programs; whoever changes the same chains all the time is not iptables as people use it.
    private const int Attempts = 8;

    /// <summary>Does it.</summary>
    /// <param name="programs">The family's programs.</param>
    /// <param name="table">The table as it was read, or null when it was not.</param>
    /// <param name="chains">Chains that matter whether or not a rule leads there.</param>
    /// <param name="plan">Says what to do to a table; asked again for each attempt.</param>
    /// <returns>Null, or why nothing was changed.</returns>
    internal static string? Run(
        IptablesPrograms programs, NatTable? table, IReadOnlyList<string> chains, Func<NatTable, RestoreInput> plan)
    {
        string refused = "";
        string? failure = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            RestoreInput input = plan(table ?? programs.Read(chains));
            string text = input.ToString();
            if (input.IsEmpty)
            {
                return null;
            }

            if (text == refused)
            {
                // The table is as it was: nobody was in the way.
                return failure;
            }

            failure = programs.Restore(text);
            if (failure is null)
            {
                return null;
            }

            refused = text;
            table = null;
        }

        return failure;
    }
}
