using System.Text;
using Sim.Cli.Commands;
using Sim.Cli.Input;
using Sim.Cli.Output;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
try
{
    return Grammar.Run(args);
}
catch (UsageException mistake)
{
    Console.Error.WriteLine($"sim: {mistake.Message}");
    return ExitStatus.Usage;
}
catch (IOException failure)
{
    // Files have been dealt with where they are named; this is the terminal, or whoever reads us.
    bool isPipe = failure.HResult == ExitStatus.BrokenPipeError;
    if (!isPipe)
    {
        Console.Error.WriteLine($"sim: cannot write the result: {failure.Message.ReplaceLineEndings(" ")}");
    }

    return isPipe ? ExitStatus.BrokenPipe : ExitStatus.Usage;
}
catch (Exception fault)
{
    // Not a result of any kind: whoever reads this should tell us, and we want to know where it was.
    Console.Error.WriteLine($"sim: this is a mistake of sim itself: {fault}");
    return ExitStatus.SimulatorBug;
}
