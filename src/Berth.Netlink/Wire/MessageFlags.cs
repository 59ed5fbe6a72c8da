namespace Berth.Netlink;

/// <summary>Flags of a netlink message header (include/uapi/linux/netlink.h). Meanings overlap by kind of request.</summary>
[Flags]
public enum MessageFlags : ushort
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>The message is a request.</summary>
    Request = 0x1,

    /// <summary>Part of an answer of several messages, ended by NLMSG_DONE.</summary>
    Multi = 0x2,

    /// <summary>Asks for an acknowledgement.</summary>
    Ack = 0x4,

    /// <summary>The kernel's state changed while a dump was under way: the dump is not consistent.</summary>
    DumpInterrupted = 0x10,

    /// <summary>The kernel applied the filter that a dump request carried.</summary>
    DumpFiltered = 0x20,

    /// <summary>Of an error message: the request that failed is not repeated in it.</summary>
    Capped = 0x100,

    /// <summary>Of an error message: extended acknowledgement attributes follow.</summary>
    AckAttributes = 0x200,

    /// <summary>Of a GET: the whole table.</summary>
    Root = 0x100,

    /// <summary>Of a GET: all that match.</summary>
    Match = 0x200,

    /// <summary>Of a GET: a dump.</summary>
    Dump = Root | Match,

    /// <summary>Of a NEW: replace what exists.</summary>
    Replace = 0x100,

    /// <summary>Of a NEW: fail if it exists.</summary>
    Exclusive = 0x200,

    /// <summary>Of a NEW: create if it does not exist.</summary>
    Create = 0x400,

    /// <summary>Of a NEW: put it at the end.</summary>
    Append = 0x800,
}
