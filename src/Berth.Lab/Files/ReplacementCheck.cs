using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that nothing is applied in place of what is there already and cannot be changed: goes through the steps as they will
/// be done.</summary>
internal sealed class ReplacementCheck
{
    private readonly LabFields _fields;
    private readonly Dictionary<(string Kind, string Namespace, string Name), Workload> _there = [];

    private ReplacementCheck(LabFields fields) => _fields = fields;

    public static void Run(LabFile file, LabFields fields)
    {
        ReplacementCheck check = new(fields);
        file.Replay(check.Apply, check.Delete);
    }

    private void Apply(IEnumerable<KubernetesObject> objects)
    {
        foreach (Workload workload in objects.OfType<Workload>().Where(static workload => !workload.Metadata.IsNameGenerated))
        {
            ObjectMetadata metadata = workload.Metadata;
            (string Kind, string Namespace, string Name) key = (metadata.Kind, metadata.Namespace, metadata.Name.Value);
            if (_there.TryGetValue(key, out Workload? former) && Refusal(workload.Kind) is string refusal
                && !TemplateComparison.AreSame(former, workload))
            {
                _fields.Error(workload.Template.Spec.At, $"{workload}: {refusal}");
            }

            _there[key] = workload;
        }
    }

    private void Delete(ObjectReference reference) => _there.Remove((reference.Kind, reference.Namespace, reference.Name));

    // pkg/apis/core/validation, ValidatePodUpdate, and pkg/apis/batch/validation, validatePodTemplateUpdate.
    private static string? Refusal(WorkloadKind kind) => kind switch
    {
        WorkloadKind.Pod => "the spec of a Pod cannot be changed (the API server takes another image alone, and a lab not even that): delete it first, or let a Deployment make it",
        WorkloadKind.Job => "the API server refuses it: spec.template: field is immutable: delete it first",
        _ => null,
    };
}
