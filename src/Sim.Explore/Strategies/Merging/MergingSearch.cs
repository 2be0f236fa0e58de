using System.Numerics;
using Sim.Machine;
using Sim.Machine.Races;
using Sim.Machine.State;

namespace Sim.Explore.Strategies.Merging;

/// <summary>
/// Every interleaving, depth first, but from what is the same as something seen before it does not go on:
/// from the same state, or from another schedule of the same partial order. Both need no reversal of
/// races, so they check the reduction.
/// </summary>
/// <remarks>
/// Merging states is sound for whatever the state tells, monitors included. It is not for what is told of
/// the way there: accesses that are not ordered are looked for by the other strategies.
/// </remarks>
internal sealed class MergingSearch
{
    private readonly SimMachine _machine;
    private readonly ExploreOptions _options;
    private readonly bool _byState;
    private readonly Tally _tally;
    private readonly IdentityTable _seen = new();
    private readonly StateGraph _graph = new();
    private Level[] _levels = new Level[256];

    internal MergingSearch(SimMachine machine, Action? atEnd, ExploreOptions options)
    {
        _machine = machine;
        _options = options;
        _byState = options.Strategy == Strategy.States;
        _tally = new Tally(machine, atEnd, options);
    }

    internal ExploreResult Run()
    {
        _machine.Start(undoable: true, collectRaces: false, hashing: _byState);
        _seen.NumberOf(Identity(default), out _);
        Enter(0, 0, Identity(default));
        int depth = 0;
        while (!_tally.IsStopped)
        {
            if (Next(ref _levels[depth], out int process, out int alternative))
            {
                StateId before = _levels[depth].Identity;
                _machine.Step(process, alternative);
                _tally.Step(static () => default);
                if (_machine.Violation is not null)
                {
                    _tally.CountEnded();
                    _machine.Undo();
                    continue;
                }

                StateId identity = Identity(before);
                int number = _seen.NumberOf(identity, out bool isNew);
                if (_byState)
                {
                    _graph.Add(_levels[depth].Number, process, alternative, number);
                }

                if (isNew && !IsFull)
                {
                    Enter(++depth, number, identity);
                }
                else
                {
                    _machine.Undo();
                }

                continue;
            }

            if (depth == 0)
            {
                return Finish();
            }

            _machine.Undo();
            depth--;
        }

        return Result(_tally.Result(complete: false, Verdict.Stopped));
    }

    /// <summary>Whether there are more states than are kept; what lies behind the others is not known then.</summary>
    private bool IsFull => _seen.Count > _options.MaxStates;

    private ExploreResult Finish()
    {
        if (IsFull)
        {
            return Result(_tally.Result(complete: false, Verdict.Stopped));
        }

        while (_machine.StepCount > 0)
        {
            _machine.Undo();
        }

        if (_byState && !_tally.HasViolation && _graph.FindFairCycle() is { } lasso)
        {
            Take(lasso);
        }

        return Result(_tally.Result(complete: true, Verdict.Complete));
    }

    private void Take(Lasso lasso)
    {
        var judge = new LassoJudge(_machine);
        judge.Note();
        foreach (Choice choice in lasso.Choices)
        {
            _machine.Step(choice.Process, choice.Alternative);
            judge.Note();
        }

        judge.Judge();
        _tally.CountEnded();
        while (_machine.StepCount > 0)
        {
            _machine.Undo();
        }
    }

    private ExploreResult Result(ExploreResult result) => result with { States = _seen.Count };

    /// <summary>
    /// The identity of the state, or of the partial order so far: its events, each with what comes before
    /// it. The newest step is the newest event.
    /// </summary>
    private StateId Identity(StateId before)
    {
        if (_byState)
        {
            return _machine.Identity();
        }

        History history = _machine.History;
        if (history.Count == 0)
        {
            return default;
        }

        ref readonly Event newest = ref history.Events[history.Count - 1];
        ulong hash = StateHash.Mix((ulong)newest.Process, (ulong)newest.Alternative);
        ReadOnlySpan<ushort> clock = history.Clock(history.Count - 1);
        for (int i = 0; i < clock.Length; i += 4)
        {
            ulong word = clock[i] | ((ulong)clock[i + 1] << 16) | ((ulong)clock[i + 2] << 32) | ((ulong)clock[i + 3] << 48);
            hash = StateHash.Mix(hash, word);
        }

        return new StateId(before.High + hash, before.Low + StateHash.Mix(hash, 0x2545F4914F6CDD1DUL));
    }

    private void Enter(int depth, int number, StateId identity)
    {
        if (depth == _levels.Length)
        {
            Array.Resize(ref _levels, depth * 2);
        }

        _levels[depth] = new Level { Left = _machine.Enabled(), Number = number, Identity = identity, Process = -1 };
        if (_byState)
        {
            _graph.SetEnabled(number, _levels[depth].Left);
        }

        if (_levels[depth].Left == 0)
        {
            _tally.CountExecution();
        }
        else if (depth >= _options.MaxSteps)
        {
            Stuck.ReportLong(_machine);
            _tally.CountExecution();
            _levels[depth].Left = 0;
        }
    }

    private bool Next(ref Level level, out int process, out int alternative)
    {
        if (level.Process >= 0 && level.Tried < _machine.AlternativesOf(level.Process))
        {
            (process, alternative) = (level.Process, level.Tried++);
            return true;
        }

        (process, alternative) = (-1, 0);
        if (level.Left == 0)
        {
            return false;
        }

        process = BitOperations.TrailingZeroCount(level.Left);
        level.Left &= level.Left - 1;
        (level.Process, level.Tried) = (process, 1);
        return true;
    }

    private struct Level
    {
        internal StateId Identity;
        internal ulong Left;
        internal int Number;
        internal int Process;
        internal int Tried;
    }
}
