using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that the manifests of a lab, and what its steps apply, are such as the API server accepts and a lab can run.</summary>
internal sealed class ObjectCheck
{
    private readonly LabFile _file;
    private readonly LabFields _fields;

    private ObjectCheck(LabFile file, LabFields fields)
    {
        _file = file;
        _fields = fields;
    }

    public static void Run(LabFile file, LabFields fields)
    {
        ObjectCheck check = new(file, fields);
        foreach (KubernetesObject item in file.AllObjects)
        {
            check.Check(item);
        }

        AllocationCheck.Run(file, fields);
    }

    private void Check(KubernetesObject item)
    {
        MisspeltKeyCheck.Run(item, _fields);
        NameCheck.Run(item, _fields);
        switch (item)
        {
            case Workload workload:
                CheckWorkload(workload);
                break;
            case Service service:
                ServiceCheck.Run(service, _file.Network, _fields);
                break;
            case NetworkPolicy policy:
                CheckPolicy(policy);
                break;
            case Node node:
                _fields.Error(node.Metadata.At, "a lab's nodes stand under `nodes:`: remove this one");
                break;
            default:
                break;
        }
    }

    private void CheckWorkload(Workload workload)
    {
        if (workload.Template.Spec.Containers.Count == 0)
        {
            _fields.Error(workload.Template.Spec.At, $"{workload}: the API server refuses it: spec.containers: Required value");
        }

        // Those of Jobs the API server makes itself.
        if (workload is { Selector: LabelSelector selector, Kind: not (WorkloadKind.Pod or WorkloadKind.Job or WorkloadKind.CronJob) }
            && !selector.Matches(workload.Template.Labels))
        {
            _fields.Error(workload.Metadata.At, $"{workload}: the API server refuses it: spec.selector does not match spec.template.metadata.labels");
        }

        foreach (Container container in workload.Template.Spec.AllContainers.Where(static container => container.RunsWithPod))
        {
            CheckImage(workload, container);
            foreach (ContainerPort port in container.Ports)
            {
                if (port.Protocol is { Value: "SCTP" } protocol)
                {
                    _fields.Error(protocol.At, $"protocol: {protocol}, but a lab serves TCP and UDP alone");
                }
            }
        }

        if (PodValidation.Refused(workload.Template.Spec) is { } refused)
        {
            _fields.Error(refused.At, $"{workload}: the API server refuses {(workload.Kind == WorkloadKind.Pod ? "it" : "its pods")}: {refused.Value}");
            return;
        }

        CheckRestartPolicy(workload);
        CheckCompletions(workload);
    }

    private void CheckImage(Workload workload, Container container)
    {
        string name = ImageFields.NameOf(container.Image?.Value ?? "");
        if (_file.Images.FirstOrDefault(known => known.Image == name) is ImageEntry image)
        {
            EnvironmentCheck.Run(workload, container, image, _fields);
        }
        else
        {
            _fields.Error(
                container.Image?.At ?? container.At,
                $"nobody knows what the image \"{container.Image?.Value}\" runs here: say it under `images:`, as `- {{image: {(name.Length > 0 ? name : "NAME")}, runs: echo}}`");
        }
    }

    // A lab lets a Job's pods run, and makes no others when they are done.
    private void CheckCompletions(Workload workload)
    {
        if (workload is { Completions: { } completions, DesiredPods: > 0 and int atOnce } && completions.Value > atOnce)
        {
            _fields.Error(
                completions.At,
                $"{workload}: completions: {completions}, but a lab makes the {atOnce} that may run at once (parallelism), and none after: say parallelism: {completions} too");
        }
    }

    // pkg/apis/core/validation, ValidateRestartPolicy, and what the kinds say of it.
    private void CheckRestartPolicy(Workload workload)
    {
        Located<string>? given = workload.Template.Spec.RestartPolicy;
        string policy = given?.Value is { Length: > 0 } value ? value : "Always";
        string[] supported = workload.Kind switch
        {
            WorkloadKind.Pod => ["Always", "OnFailure", "Never"],
            WorkloadKind.Job or WorkloadKind.CronJob => ["OnFailure", "Never"],
            _ => ["Always"],
        };
        if (!supported.Contains(policy))
        {
            _fields.Error(
                given?.At ?? workload.Template.Spec.At,
                $"{workload}: the API server refuses it: restartPolicy: {policy}: supported values: {string.Join(", ", supported)}");
        }
    }

    private void CheckPolicy(NetworkPolicy policy)
    {
        // pkg/apis/networking/v1, SetDefaults_NetworkPolicy: without policyTypes one with egress rules is about both.
        if (policy.HasIngressRules || policy.PolicyTypes.Any(static type => type.Value != "Ingress")
            || (policy.PolicyTypes.Count == 0 && policy.HasEgressRules))
        {
            _fields.Error(
                policy.Metadata.At, $"{policy}: a lab enforces policies that deny all ingress, and no other: leave out its rules and Egress");
        }
    }
}
