using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Reads the state of both families at one generation: schema first, then what can be asked of it.</summary>
internal static class StateReader
{
    /// <summary>Reads it.</summary>
    /// <returns>The generation as it was before the first question: a commit with it proves that nothing has changed.</returns>
    internal static Generation Read(NfTablesConnection connection, List<FamilyState> states, bool chains)
    {
        Query tables = new();
        Answer<Generation> generation = tables.Generation();
        foreach (FamilyState state in states)
        {
            state.Schema.AskTable(tables);
            state.Reference.Ask(tables);
        }

        connection.Ask(tables);
        Query schema = new();
        foreach (FamilyState state in states)
        {
            state.Schema.AskContents(schema, chains && state.Plan is not null);
        }

        connection.Ask(schema);
        Query elements = new();
        foreach (FamilyState state in states)
        {
            if (chains && state.Plan is not null)
            {
                state.Schema.ReadRules(connection);
            }

            state.Ask(elements);
        }

        connection.Ask(elements);
        Query links = new();
        foreach (FamilyState state in states)
        {
            state.AskFormerLink(links);
            state.Holders?.Read(connection);
            state.Holders?.AskNetworks(links);
        }

        connection.Ask(links);
        return generation.Value ?? throw new HostPortException("the kernel did not say the ruleset's generation");
    }
}
