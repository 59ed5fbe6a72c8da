using System.Text;
using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Enforces NetworkPolicies of the simplest kind on every node, as network providers do: by the addresses of pods. A pod
/// in the node's network has no address of its own, so nothing can be said of it, and a policy that selects it does
/// nothing.</summary>
internal sealed class PolicyAgent(IReadOnlyList<NodeMachine> nodes, Programs programs)
{
    private const string Table = "lab-policies";

    private readonly Dictionary<(string Namespace, string Name), NetworkPolicy> _policies = [];
    private bool _isWritten;

    public void Apply(NetworkPolicy policy) => _policies[(policy.Metadata.Namespace, policy.Metadata.Name.Value)] = policy;

    /// <returns>Whether there was one.</returns>
    public bool Delete(string space, string name) => _policies.Remove((space, name));

    /// <summary>Writes what the policies mean for the pods as they are now.</summary>
    /// <exception cref="LabException">nft failed.</exception>
    public void Sync(IReadOnlyList<PodRecord> pods)
    {
        if (_policies.Count == 0 && !_isWritten)
        {
            return;
        }

        string rules = Rules(pods);
        foreach (NodeMachine node in nodes)
        {
            programs.Must(node.Place, "nft", ["-f", "-"], rules);
        }

        _isWritten = true;
    }

    private string Rules(IReadOnlyList<PodRecord> pods)
    {
        StringBuilder text = new($$"""
            add table ip {{Table}}
            delete table ip {{Table}}
            table ip {{Table}} {
                chain forward {
                    type filter hook forward priority 0; policy accept;
                    ct state established,related accept

            """);
        foreach (NetworkPolicy policy in _policies.Values)
        {
            foreach (PodRecord pod in pods)
            {
                if (pod is { Phase: PodPhase.Running, Address: not null, Spec.IsHostNetwork: false }
                    && pod.Namespace == policy.Metadata.Namespace && policy.PodSelector.Matches(pod.Template.Labels))
                {
                    // No policy keeps a pod from itself.
                    text.AppendLine($"ip saddr != {pod.Address} ip daddr {pod.Address} drop comment \"{policy.Metadata.Namespace}/{policy.Metadata.Name.Value}\"");
                }
            }
        }

        return text.AppendLine("}").AppendLine("}").ToString();
    }
}
