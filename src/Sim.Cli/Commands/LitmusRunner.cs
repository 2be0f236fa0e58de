using System.Diagnostics;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Cli.Commands;

/// <summary>Runs one litmus test after the other, as asked for. May be used by many threads.</summary>
internal sealed class LitmusRunner(LitmusChoice choice, LitmusIndexes indexes, Func<bool> stop)
{
    /// <summary>Runs the test of a file.</summary>
    internal LitmusReport Run(string file)
    {
        if (stop())
        {
            return LitmusReport.NotRun(file);
        }

        try
        {
            LitmusTest test = LitmusParser.Parse(File.ReadAllText(file), file);
            LitmusMemory memory = choice.Memory ?? Models.Usual(test.Architecture);
            if (!Models.Fits(test.Architecture, memory))
            {
                return LitmusReport.Bad(
                    file, $"{file}:1:1: memory model '{Names.Of(memory)}' says nothing about {Models.NameOf(test.Architecture)}");
            }

            var clock = Stopwatch.StartNew();
            LitmusResult result = choice.IsAxiomatic
                ? AxiomaticEngine.Run(test, memory, stop)
                : OperationalEngine.Run(test, memory, choice.Search with { Stop = _ => stop() });
            return new LitmusReport(file)
            {
                Test = test,
                Memory = memory,
                Result = result,
                Expected = indexes.Find(file, memory) ?? Announced(test, memory),
                Loses = choice.IsAxiomatic ? null : LostFamily.Of(test, memory, result),
                Elapsed = clock.Elapsed,
            };
        }
        catch (LitmusFormatException mistake)
        {
            return LitmusReport.Bad(file, mistake.Message);
        }
        catch (TooLargeException mistake)
        {
            return LitmusReport.Bad(file, $"{file}:1:1: {mistake.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return LitmusReport.Bad(file, $"cannot read {Quoted.Of(file)}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>What a comment in a test of the kernel says that the kernel's model says.</summary>
    private static Expected? Announced(LitmusTest test, LitmusMemory memory)
        => memory == LitmusMemory.Lkmm && test.Announced is { } verdict
            ? new Expected(Enum.Parse<Observation>(verdict), null)
            : null;
}
