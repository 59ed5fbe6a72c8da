namespace Berth.Manifests;

/// <summary>One pod that claims a port of the node twice.</summary>
internal sealed class DuplicateHostPortCheck() : LintCheck(new CheckPage
{
    Id = "duplicate-host-port",
    Severity = FindingSeverity.Error,
    Reason = "One pod claims the same port of its node twice.",
    Remedy = "Remove one of the two, or give it a port of its own.",
    Explanation = """
        The API server refuses a pod whose containers claim one hostPort twice, with `Duplicate value` and the key
        `PROTOCOL/hostIP/port`, compared as text. So it does not see that no hostIP and `0.0.0.0` are the same, nor that a
        sidecar (an init container that always restarts) claims a port which a container claims too; then one of the two
        answers and the other never does.

        With `hostNetwork` a containerPort is a hostPort. The API server fills that in for Pods, but not in templates: a
        Deployment is accepted, and then every pod of it is refused.
        """,
    Failing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          nodeSelector: {role: edge}
          containers:
          - name: http
            image: nginx
            ports:
            - containerPort: 8080
              hostPort: 8081
          - name: status
            image: nginx
            ports:
            - containerPort: 9090
              hostPort: 8081
        """,
    Passing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
        spec:
          nodeSelector: {role: edge}
          containers:
          - name: http
            image: nginx
            ports:
            - containerPort: 8080
              hostPort: 8081
          - name: status
            image: nginx
            ports:
            - containerPort: 9090
              hostPort: 8082
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        Workload? current = null;
        Dictionary<(string, string, int), WorkloadClaim> seen = [];
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (!ReferenceEquals(current, claim.Workload))
            {
                current = claim.Workload;
                seen.Clear();
            }

            (string, string, int) key = (claim.Claim.Protocol, claim.Claim.HostIP, claim.Claim.Port);
            if (!seen.TryAdd(key, claim))
            {
                yield return Duplicate(claim, seen[key].Claim);
            }
        }
    }

    private Finding Duplicate(WorkloadClaim claim, HostPortClaim former)
    {
        string key = PodValidation.DuplicateKey(claim.Claim);
        bool isSeen = key == PodValidation.DuplicateKey(former) && PodValidation.AreCompared(claim.Claim.Container, former.Container);
        string consequence = !isSeen ? "which the API server does not see: one of the two never answers"
            : claim.Workload.Kind != WorkloadKind.Pod && (claim.Claim.IsByHostNetwork || former.IsByHostNetwork)
                ? $"with hostNetwork, so every pod is refused: Duplicate value: \"{key}\""
                : $"which the API server refuses: Duplicate value: \"{key}\"";
        return Found(
            claim.Workload,
            claim.Claim.At,
            claim.Claim.ToString(),
            $"container `{claim.Claim.Container.Name}` claims {claim.Claim} of the node, as `{former.Container.Name}` does "
            + $"in line {former.At.Line}, {consequence}");
    }
}
