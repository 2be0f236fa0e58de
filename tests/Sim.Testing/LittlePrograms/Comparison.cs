using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Testing.LittlePrograms;

/// <summary>How exact the reduction was on a little program.</summary>
public sealed record Comparison
{
    /// <summary>Whether the program was small enough to say.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Number of traces that there are.</summary>
    public required int Traces { get; init; }

    /// <summary>Number of executions that the reduction ran to their end.</summary>
    public required long Executions { get; init; }

    /// <summary>Number of executions that it gave up.</summary>
    public required long Blocked { get; init; }

    /// <summary>Number of different traces among its executions.</summary>
    public required int Visited { get; init; }

    /// <summary>Whether the program uses memory wrongly, so that only finding that counts.</summary>
    public required bool IsWrong { get; init; }

    /// <summary>Final states that the reduction or the machine misses or has too many, in words.</summary>
    public required string? WrongStates { get; init; }

    /// <summary>Whether every trace was visited once and nothing else was begun.</summary>
    public bool IsOptimal => Blocked == 0 && ((Executions == Traces && Visited == Traces) || IsWrong);

    /// <summary>Runs the reduction, the enumeration and the interpreter on a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="memory">How memory behaves.</param>
    /// <param name="limit">Most steps of the enumeration.</param>
    /// <param name="merge">Whether the enumeration may merge schedules of one trace.</param>
    public static Comparison Of(LittleProgram program, MemoryModel memory, long limit, bool merge = true)
    {
        Enumeration all = Enumeration.Of(program, memory, merge, limit);
        var states = new HashSet<string>(StringComparer.Ordinal);
        var schedules = new List<IReadOnlyList<Choice>>();
        ReferenceModel reference = ReferenceModel.Of(program, memory);
        LittleWorld? world = null;
        ExploreResult result = Explorer.Run(
            machine =>
            {
                world = new LittleWorld(machine, program);
                return null;
            },
            new ExploreOptions
            {
                Memory = memory,
                StopAtViolation = false,
                Executions = all.IsComplete ? (100 * all.Traces.Count) + 1000 : 1,
                OnExecution = machine =>
                {
                    states.Add(world!.Describe());
                    schedules.Add(Tally.Taken(machine).Choices);
                },
            });
        bool isWrong = result.Findings.Any(finding => finding.Violation.Guarantee is "KASAN" or "KCSAN");
        return new Comparison
        {
            IsComplete = all.IsComplete,
            Traces = all.Traces.Count,
            Executions = result.Executions,
            Blocked = result.Blocked,
            Visited = Distinct(program, memory, schedules),
            IsWrong = isWrong,
            WrongStates = !all.IsComplete ? null
                : Difference("machine", reference.IsWrong, all.IsWrong)
                    ?? Difference("reduction", all.IsWrong, isWrong)
                    ?? (isWrong ? null : Difference("machine", reference.FinalStates, all.States))
                    ?? (isWrong ? null : Difference("reduction", all.States, states)),
        };
    }

    /// <summary>Whether both strategies that merge find what the enumeration finds; what they find differently, in words.</summary>
    /// <param name="program">The program; programs that use memory wrongly are not compared.</param>
    /// <param name="memory">How memory behaves.</param>
    /// <param name="limit">Most steps of the enumeration.</param>
    public static string? Merging(LittleProgram program, MemoryModel memory, long limit)
    {
        Enumeration all = Enumeration.Of(program, memory, merge: true, limit);
        if (!all.IsComplete || all.IsWrong)
        {
            return null;
        }

        foreach (Strategy strategy in (Strategy[])[Strategy.States, Strategy.Prefixes])
        {
            var states = new HashSet<string>(StringComparer.Ordinal);
            LittleWorld? world = null;
            ExploreResult result = Explorer.Run(
                machine =>
                {
                    world = new LittleWorld(machine, program);
                    return null;
                },
                new ExploreOptions
                {
                    Strategy = strategy,
                    Memory = memory,
                    StopAtViolation = false,
                    OnExecution = _ => states.Add(world!.Describe()),
                });
            string? difference = Difference(strategy.ToString(), all.States, states);
            if (difference is null && strategy == Strategy.Prefixes && result.Executions != all.Traces.Count)
            {
                difference = $"{result.Executions} executions for {all.Traces.Count} traces";
            }

            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Difference(string who, bool right, bool found)
        => right == found ? null : $"the {who} {(right ? "misses" : "invents")} a wrong use of memory";

    private static string? Difference(string who, ISet<string> right, ISet<string> found)
    {
        string? missed = right.Except(found, StringComparer.Ordinal).FirstOrDefault();
        string? wrong = found.Except(right, StringComparer.Ordinal).FirstOrDefault();
        return missed is not null ? $"the {who} misses {missed}"
            : wrong is not null ? $"the {who} reaches {wrong}"
            : null;
    }

    private static int Distinct(
        LittleProgram program, MemoryModel memory, IEnumerable<IReadOnlyList<Choice>> schedules)
    {
        var machine = new TracedMachine(program, memory);
        var traces = new HashSet<(ulong, ulong)>();
        IReadOnlyList<Choice> last = [];
        foreach (IReadOnlyList<Choice> schedule in schedules)
        {
            int common = 0;
            while (common < last.Count && common < schedule.Count && last[common] == schedule[common])
            {
                common++;
            }

            while (machine.Count > common)
            {
                machine.Undo();
            }

            for (int i = common; i < schedule.Count; i++)
            {
                machine.Step(machine.ProcessAt(schedule[i].Process), schedule[i].Alternative);
            }

            traces.Add(machine.Key);
            last = schedule;
        }

        return traces.Count;
    }
}
