using System.Numerics;
using Sim.Machine.Memory;

namespace Sim.Testing.LittlePrograms;

/// <summary>What there is to find in a little program, found without any reduction.</summary>
public sealed class Enumeration
{
    private readonly TracedMachine _machine;
    private readonly HashSet<(ulong, ulong)>? _seen;
    private readonly long _limit;
    private long _steps;

    private Enumeration(LittleProgram program, MemoryModel memory, bool merge, long limit)
    {
        _machine = new TracedMachine(program, memory);
        _seen = merge ? [] : null;
        _limit = limit;
    }

    /// <summary>The final states in words.</summary>
    public ISet<string> States { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The complete traces.</summary>
    public ISet<(ulong, ulong)> Traces { get; } = new HashSet<(ulong, ulong)>();

    /// <summary>Whether memory is used wrongly in some execution: then states and traces say nothing.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>Number of executions.</summary>
    public long Executions { get; private set; }

    /// <summary>Whether it came to its end within the limit.</summary>
    public bool IsComplete => _steps < _limit;

    /// <summary>Takes every step from every state.</summary>
    /// <param name="program">The program.</param>
    /// <param name="memory">How memory behaves.</param>
    /// <param name="merge">Whether to go on only once from schedules that are one trace so far.</param>
    /// <param name="limit">Most steps.</param>
    public static Enumeration Of(LittleProgram program, MemoryModel memory, bool merge, long limit)
    {
        var all = new Enumeration(program, memory, merge, limit);
        all.Visit();
        return all;
    }

    private void Visit()
    {
        IsWrong |= _machine.IsWrong;
        ulong enabled = _machine.Enabled;
        if (enabled == 0)
        {
            Executions++;
            States.Add(_machine.Describe());
            Traces.Add(_machine.Key);
            return;
        }

        for (ulong rest = enabled; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            for (int i = 0; i < _machine.AlternativesOf(process) && _steps < _limit; i++)
            {
                _steps++;
                _machine.Step(process, i);
                if (_seen is null || _seen.Add(_machine.StateKey))
                {
                    Visit();
                }

                _machine.Undo();
            }
        }
    }
}
