namespace Berth.NfTables;

/// <summary>A rule: expressions, each of which may stop the evaluation, or decide about the packet.</summary>
/// <param name="Family">The table's family.</param>
/// <param name="Table">The table.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Expressions">The expressions in order.</param>
public sealed record Rule(NfFamily Family, string Table, string Chain, IReadOnlyList<Expression> Expressions)
{
    /// <summary>The comment, at most <see cref="UserData.MaxCommentLength"/> bytes.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number for it; 0 when it was not read from the kernel.</summary>
    public ulong Handle { get; init; }

    /// <summary>Whether another rule does the same: equal expressions in the same order.</summary>
    public bool DoesTheSameAs(Rule other)
    {
        if (Expressions.Count != other.Expressions.Count)
        {
            return false;
        }

        for (int i = 0; i < Expressions.Count; i++)
        {
            if (!Expressions[i].Equals(other.Expressions[i]))
            {
                return false;
            }
        }

        return true;
    }
}
