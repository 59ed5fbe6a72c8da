namespace Berth.Lab;

/// <summary>Does to a cluster what a step says.</summary>
internal static class StepRun
{
    /// <summary>Does it.</summary>
    /// <exception cref="LabException">It cannot be done.</exception>
    public static void Do(Step step, LabCluster cluster)
    {
        switch (step)
        {
            case ApplyStep apply:
                cluster.Apply(apply.Objects);
                break;
            case DeleteStep delete:
                foreach (ObjectReference reference in delete.Objects)
                {
                    cluster.Delete(reference);
                }

                break;
            case RestartKubeProxyStep restart:
                cluster.RestartKubeProxy(restart);
                break;
            case KillStep kill:
                cluster.Kill(cluster.FindPod(kill.Pod.Namespace, kill.Pod.Name)
                    ?? throw new LabException($"{kill.At}: there is no {kill.Pod} to be killed"));
                break;
            case CommandStep command:
                Addresses addresses = new(cluster);
                string[] words = [.. command.Command.Select(addresses.Fill)];
                ProgramOutput output = cluster.RunCommand(cluster.Find(command.On), words);
                if (output.ExitCode != 0)
                {
                    throw new LabException($"{command.At}: {command.Describe()}: exit code {output.ExitCode}: {output.Words}");
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
