using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth completion</c>: what makes a shell complete <c>berth</c>'s words.</summary>
internal static class CompletionCommand
{
    private const string About = """
        Print what makes a shell complete the words of berth's command line.

        bash: source <(berth completion bash), in ~/.bashrc
        zsh:  source <(berth completion zsh), in ~/.zshrc after compinit
        fish: berth completion fish >~/.config/fish/completions/berth.fish
        """;

    public static Command Create(Terminal terminal)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", About) { shell };
        command.SetAction(parsed =>
        {
            // The script asks `berth [suggest:POSITION] LINE`, so that it knows whatever this version does.
            using Stream script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"berth.{parsed.GetValue(shell)}")!;
            terminal.Output.Write(new StreamReader(script).ReadToEnd());
            return ExitCode.Clean;
        });
        return command;
    }
}
