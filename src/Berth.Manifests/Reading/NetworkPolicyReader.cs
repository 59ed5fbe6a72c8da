namespace Berth.Manifests;

/// <summary>Reads NetworkPolicies.</summary>
internal static class NetworkPolicyReader
{
    public static NetworkPolicy Read(ObjectMetadata metadata, FieldReader root)
    {
        FieldReader? spec = root.Map("spec");
        return new NetworkPolicy(
            metadata,
            SelectorReader.Read(spec?.Map("podSelector")) ?? new LabelSelector([], spec?.At ?? root.At),
            spec?.Texts("policyTypes") ?? [])
        {
            HasIngressRules = spec?.Items("ingress").Count > 0,
            HasEgressRules = spec?.Items("egress").Count > 0,
        };
    }
}
