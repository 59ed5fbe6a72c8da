using Berth.Manifests;

namespace Berth.Lab;

/// <summary>Checks that a node, pod, Service or other object that a lab file names is there.</summary>
internal sealed class NamedThings(LabFile file, LabFields fields)
{
    public void CheckPlace(PlaceReference place)
    {
        if (place.Kind == PlaceKind.Node)
        {
            CheckNode(place.Name, place.At);
        }
        else if (place.Kind == PlaceKind.Pod)
        {
            CheckPod(place.Namespace, place.Name, place.At);
        }
    }

    public void CheckNode(string name, Location at) => CheckKnown(
        file.Nodes.Any(node => node.Name == name), at,
        $"there is no node {name}; there are {string.Join(", ", file.Nodes.Select(static node => node.Name))}");

    /// <summary>A workload's pods have its name and a number.</summary>
    public void CheckPod(string space, string name, Location at)
    {
        int dash = name.LastIndexOf('-');
        bool known = file.AllObjects.OfType<Workload>().Any(workload => workload.Kind == WorkloadKind.Pod
            ? IsCalled(workload, space, name)
            : dash > 0 && IsCalled(workload, space, name[..dash]) && name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0);
        CheckMade(known, at, $"no manifest makes a pod {space}/{name} (the pods of a workload are called NAME-1, NAME-2 and on)");
    }

    public void CheckWorkload(string space, string name, Location at) => CheckMade(
        file.AllObjects.OfType<Workload>().Any(workload => IsCalled(workload, space, name)), at, $"no workload {space}/{name} is in any manifest");

    /// <summary>Returns those of the name: each manifest that makes or changes it.</summary>
    public List<Service> CheckService(string space, string name, Location at)
    {
        List<Service> services = [.. file.AllObjects.OfType<Service>().Where(item => IsCalled(item, space, name))];
        CheckMade(services.Count > 0, at, $"no Service {space}/{name} is in any manifest");
        return services;
    }

    public void CheckObject(ObjectReference reference)
    {
        if (reference.Kind == "Pod")
        {
            CheckPod(reference.Namespace, reference.Name, reference.At);
            return;
        }

        CheckMade(
            file.AllObjects.Any(item => item.Metadata.Kind == reference.Kind && IsCalled(item, reference.Namespace, reference.Name)),
            reference.At, $"no {reference} is in any manifest");
    }

    /// <summary>Whether a name is of the kind that stands for an address. That what it names is there is checked too.</summary>
    public bool IsAddressOf(string name, Location at)
    {
        switch (name.Split('/'))
        {
            case ["outside"]:
                return true;
            case ["node" or "gateway" or "overlay", var node]:
                CheckNode(node, at);
                return true;
            case ["pod", var pod]:
                CheckPod("default", pod, at);
                return true;
            case ["pod", var space, var pod]:
                CheckPod(space, pod, at);
                return true;
            case ["service", var service]:
                CheckService("default", service, at);
                return true;
            case ["service", var space, var service]:
                CheckService(space, service, at);
                return true;
            default:
                return false;
        }
    }

    private static bool IsCalled(KubernetesObject item, string space, string name) =>
        item.Metadata.Namespace == space && item.Metadata.Name.Value == name;

    // What a manifest makes. Where one could not be read, that is the error, and not what follows from it.
    private void CheckMade(bool known, Location at, string message) => CheckKnown(known || !file.HasAllManifests, at, message);

    private void CheckKnown(bool known, Location at, string message)
    {
        if (!known)
        {
            fields.Error(at, message);
        }
    }
}
