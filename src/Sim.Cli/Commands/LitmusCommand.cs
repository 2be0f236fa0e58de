using System.CommandLine;
using System.Diagnostics;
using System.Threading.Tasks;
using Sim.Cli.Input;
using Sim.Cli.Output;

namespace Sim.Cli.Commands;

/// <summary><c>sim litmus</c>: runs litmus tests under a memory model.</summary>
internal sealed class LitmusCommand
{
    private readonly LitmusOptions _options = new();

    internal LitmusCommand()
    {
        Command = new Command("litmus", "run litmus tests under a memory model");
        _options.AddTo(Command);
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        LitmusChoice choice = _options.Read(parsed);
        IReadOnlyList<string> files = LitmusFiles.Find(choice.Paths);
        var indexes = new LitmusIndexes(choice.Index);
        using var interruption = new Interruption();
        var clock = Stopwatch.StartNew();
        var runner = new LitmusRunner(
            choice,
            indexes,
            () => interruption.IsRequested || (choice.Time is { } limit && clock.Elapsed >= limit));
        var output = new LitmusOutput(choice, files.Count);
        Parallel.ForEach(
            System.Collections.Concurrent.Partitioner.Create(
                files.Select((file, number) => (file, number)),
                System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = choice.Jobs },
            item => output.Put(item.number, runner.Run(item.file)));
        output.End();
        return output.HasBadInput ? ExitStatus.Usage
            : interruption.IsRequested ? ExitStatus.Interrupted
            : output.HasDisagreement ? ExitStatus.Violation
            : output.IsCutShort ? ExitStatus.Limit
            : ExitStatus.Clean;
    }
}
