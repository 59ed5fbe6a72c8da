namespace Berth.Manifests;

/// <summary>A check of pods in the node's own network.</summary>
/// <param name="page">What it is for people.</param>
internal abstract class HostNetworkCheck(CheckPage page) : LintCheck(page)
{
    internal override IEnumerable<Finding> Run(LintContext context) =>
        from workload in context.Workloads
        where workload.Template.Spec.IsHostNetwork
        from finding in Run(context, workload, workload.Template.Spec.HostNetwork!.Value.At)
        select finding;

    /// <summary>The findings of one workload.</summary>
    /// <param name="context">Everything else.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="at">Where it says <c>hostNetwork</c>.</param>
    private protected abstract IEnumerable<Finding> Run(LintContext context, Workload workload, Location at);
}
