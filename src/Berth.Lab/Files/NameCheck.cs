using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that names are such as Kubernetes accepts. In a lab they become names of files and words of rules as well: what
/// is no name must not get there.</summary>
internal static class NameCheck
{
    // A directory is named by namespace, name and UID, and no file's name has more than 255 bytes.
    private const int Longest = 200;

    public static void Run(KubernetesObject item, LabFields fields)
    {
        ObjectMetadata metadata = item.Metadata;
        string kind = metadata.Kind;
        string name = metadata.Name.Value;

        // Of a prefix the last dash is followed by what is made up.
        string whole = metadata.IsNameGenerated && name is [.., '-'] ? name[..^1] : name;
        if (item is Service ? !DnsName.IsLabel(whole) : !DnsName.IsSubdomain(whole))
        {
            fields.Error(metadata.Name.At, $"{kind}: \"{name}\": {(item is Service ? DnsName.LabelRule : DnsName.SubdomainRule)}");
        }
        else if (metadata.Namespace.Length > 0 && !DnsName.IsLabel(metadata.Namespace))
        {
            fields.Error(metadata.Name.At, $"{kind} {name}: namespace \"{metadata.Namespace}\": {DnsName.LabelRule}");
        }
        else if (metadata.Namespace.Length + name.Length > Longest)
        {
            fields.Error(metadata.Name.At, $"{kind} {name}: a lab's files have the names of its objects: with its namespace it may have {Longest} characters");
        }

        if (item is Workload workload)
        {
            CheckContainers(workload, fields);
        }
    }

    private static void CheckContainers(Workload workload, LabFields fields)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Container container in workload.Template.Spec.AllContainers)
        {
            if (!DnsName.IsLabel(container.Name))
            {
                fields.Error(container.At, $"{workload}: container \"{container.Name}\": {DnsName.LabelRule}");
            }
            else if (!names.Add(container.Name))
            {
                fields.Error(container.At, $"{workload}: there are two containers {container.Name}: rename one");
            }
        }
    }
}
