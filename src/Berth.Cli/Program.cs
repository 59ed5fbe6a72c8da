using Berth.Cli;
using Berth.Cli.Commands;

using Terminal terminal = Terminal.OfProcess();
return BerthCommand.Run(args, terminal);
