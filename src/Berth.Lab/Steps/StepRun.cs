namespace Berth.Lab;

/// <summary>Does to a cluster what a step says.</summary>
internal static class StepRun
{
    /// <summary>Does it.</summary>
    /// <exception cref="LabException">It cannot be done.</exception>
    public static void Do(Step step, ControlPlane control)
    {
        LabCluster cluster = control.Cluster;
        switch (step)
        {
            case ApplyStep apply:
                control.Apply(apply.Objects);
                break;
            case DeleteStep delete:
                foreach (ObjectReference reference in delete.Objects)
                {
                    control.Delete(reference);
                }

                break;
            case RestartKubeProxyStep restart:
                control.RestartKubeProxy(restart);
                break;
            case KillStep kill:
                control.Kill(
                    cluster.FindPod(kill.Pod.Namespace, kill.Pod.Name)
                        ?? throw new LabException(kill.At, $"there is no {kill.Pod} to be killed"),
                    kill.At);
                break;
            case CommandStep command:
                Addresses addresses = new(cluster);
                string[] words = [.. command.Command.Select(word => addresses.Fill(word).Text)];
                ProgramOutput output = cluster.RunCommand(cluster.Find(command.On), words);
                if (output.ExitCode != 0)
                {
                    throw new LabException(command.At, $"{command.Describe()}: exit code {output.ExitCode}: {output.Words}");
                }

                break;
            case RuleStep rule:
                RuleEdit.Do(rule, cluster.FindNode(rule.On.Name).Place, cluster.Programs);
                break;
            default:
                throw new InvalidOperationException($"a step of the kind {step.GetType().Name} is not known");
        }
    }
}
