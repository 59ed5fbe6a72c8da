namespace Berth.Netlink;

/// <summary>What the kernel said no to, and how it put it.</summary>
/// <param name="Operation">What was asked, in words: "add element to map ip berth hostports".</param>
/// <param name="Errno">The error number.</param>
/// <param name="KernelText">The extended acknowledgement's text, if it sent one.</param>
/// <param name="AttributePath">The attribute at fault, such as "NFTA_SET_ELEM_LIST_ELEMENTS/3", if it said which.</param>
public sealed record KernelError(string Operation, Errno Errno, string? KernelText, string? AttributePath)
{
    /// <summary>A line for people.</summary>
    public override string ToString()
    {
        string text = $"{Operation}: {Errno.Describe()}";
        text += KernelText is null ? "" : $": {KernelText}";
        return AttributePath is null ? text : $"{text} (at {AttributePath})";
    }
}
