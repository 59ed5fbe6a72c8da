namespace Berth.NfTables.Tests.Kernel;

/// <summary>Tests that change a ruleset: one after the other, each on an empty one, never on the machine's own.</summary>
[Collection("kernel")]
public abstract class KernelTests : IDisposable
{
    private const string Isolated = "BERTH_NFTABLES_ISOLATED";

    private readonly Lazy<NfTablesConnection> _connection = new(NfTablesConnection.Open);

    protected KernelTests()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Isolated) == "1",
            "needs a network namespace of its own: start the tests with tests/Berth.NfTables.Tests/run");
        Nft.Run("flush ruleset");
    }

    protected NfTablesConnection Connection => _connection.Value;

    protected void Commit(Action<Transaction> changes)
    {
        Transaction transaction = new();
        changes(transaction);
        Assert.True(Connection.Commit(transaction));
    }

    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            _connection.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}

/// <summary>The ruleset is one of a network namespace, and so of the process.</summary>
[CollectionDefinition("kernel", DisableParallelization = true)]
public sealed class KernelCollection;
