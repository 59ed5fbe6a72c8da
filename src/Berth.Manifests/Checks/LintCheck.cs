namespace Berth.Manifests;

/// <summary>One check of <c>berth lint</c>. Each is a file: what it is for people and what it does stand together.</summary>
/// <param name="page">What it is for people.</param>
public abstract class LintCheck(CheckPage page)
{
    /// <summary>What it is for people.</summary>
    public CheckPage Page { get; } = page;

    /// <summary>Its name.</summary>
    public string Id => Page.Id;

    /// <summary>Its findings, in any order.</summary>
    internal abstract IEnumerable<Finding> Run(LintContext context);

    /// <summary>A finding of this check with its usual severity.</summary>
    private protected Finding Found(KubernetesObject owner, Location at, string subject, string message) =>
        new(this, Page.Severity, owner, at, subject, message);
}
