using System.Net.Sockets;
using Berth.HostPorts.Iptables;

namespace Berth.Inspection;

/// <summary>A rule as iptables-save printed it.</summary>
internal sealed class SavedIptablesRule : IptablesRule
{
    private readonly string _rest;
    private readonly Func<string, bool> _isChain;

    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="text">What stands behind "-A CHAIN ".</param>
    /// <param name="isChain">Whether a name is a chain of the table: all else behind -j is a target.</param>
    internal SavedIptablesRule(AddressFamily family, string chain, string text, Func<string, bool> isChain)
        : base(chain)
    {
        (Header, int rest) = SavedHeader.Read(family, text);
        _rest = text[rest..].TrimStart(' ');
        _isChain = isChain;
        Text = $"-A {chain} {text}".TrimEnd(' ');
    }

    /// <inheritdoc/>
    internal override RuleHeader Header { get; }

    /// <summary>The line itself: what its own tool wrote.</summary>
    internal override string Text { get; }

    /// <inheritdoc/>
    protected override RuleBody ReadBody()
    {
        RuleOptions options = new(Header.Family, new SavedRule(_rest).Arguments);
        List<IptablesMatch> matches = [];
        IptablesTarget target = new NoTarget();
        while (!options.IsAtEnd)
        {
            string word = options.Word();
            switch (word)
            {
                case "-m" when !options.IsAtEnd:
                    matches.Add(IptablesMatches.Parse(options.Word(), options));
                    break;
                case "-j" when !options.IsAtEnd:
                    target = IptablesTargets.Parse(options.Word(), options, _isChain);
                    break;
                case "-g" when !options.IsAtEnd:
                    target = new ChainTarget(options.Word(), true);
                    break;
                default:
                    // Of a newer iptables, or not of iptables-save.
                    matches.Add(new UnknownMatch(word, [.. options.WordsToBoundary()]));
                    break;
            }
        }

        return new RuleBody([.. matches], target);
    }
}
