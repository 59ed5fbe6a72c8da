namespace Berth.Inspection;

/// <summary>What a rule decides.</summary>
internal enum WalkVerdict
{
    /// <summary>Nothing: the next rule.</summary>
    Continue,

    /// <summary>The packet passes this base chain.</summary>
    Accept,

    /// <summary>It is dropped in silence.</summary>
    Drop,

    /// <summary>It is dropped, and the sender is told.</summary>
    Reject,

    /// <summary>Back to the calling chain; of a base chain its policy.</summary>
    Return,

    /// <summary>On in another chain, and back.</summary>
    Jump,

    /// <summary>On in another chain, and not back.</summary>
    Goto,

    /// <summary>To a program that decides.</summary>
    Queue,

    /// <summary>To a socket of this node, whatever its address (TPROXY).</summary>
    Proxied,
}
