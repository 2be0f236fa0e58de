using System.Numerics;
using Sim.Explore.Estimates;
using Sim.Explore.Strategies.Parallel;
using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.Races;

namespace Sim.Explore.Strategies;

/// <summary>
/// Optimal dynamic partial-order reduction, depth first, in place: a step is taken, what follows is
/// explored, the step is taken back. At the end of an execution every new race is reversed: the steps
/// that reverse it enter the wakeup tree of the level of its first event, unless an explored or
/// planned branch already covers them. Sleep sets keep explored branches from being explored again.
/// </summary>
/// <remarks>
/// After Abdulla, Aronis, Jonsson, Sagonas: "Optimal dynamic partial order reduction" (POPL 2014).
/// See docs/exploration.md for the dependency relation and for how blocking operations race.
/// </remarks>
internal sealed partial class PartialOrder
{
    private readonly SimMachine _machine;
    private readonly ExploreOptions _options;
    private readonly Action? _atEnd;
    private readonly Crew? _crew;
    private readonly WakeupTree _tree = new();
    private readonly Reversal _reversal;
    private readonly int _lanes;
    private readonly int _flusherBase;
    private readonly Func<Explored> _share;
    private Level[] _levels = new Level[256];
    private Footprint[] _asleep;
    private Tally _tally;
    private ulong _world;

    /// <summary>How many events, from the first on, are still those of the newest execution whose races were reversed.</summary>
    private int _kept;

    /// <summary>The level at which the search began: it plans above it, but explores only what is below.</summary>
    private int _floor;

    internal PartialOrder(SimMachine machine, Action? atEnd, ExploreOptions options, Crew? crew, Estimator? estimator = null)
    {
        _machine = machine;
        _options = options;
        _atEnd = atEnd;
        _crew = crew;
        _tally = new Tally(machine, atEnd, options) { Estimator = estimator };
        _reversal = new Reversal(machine);
        _lanes = machine.History.Lanes;
        _flusherBase = machine.FlusherBase;
        _asleep = new Footprint[_levels.Length * _lanes];
        _share = Share;
    }

    internal ExploreResult Run()
    {
        bool keepsState = _options.Checkpoint is not null || _options.Resume is not null;
        _machine.Start(undoable: true, collectRaces: true, hashing: keepsState);
        if (keepsState)
        {
            _world = _machine.Identity().Low;
            _machine.Heap.End();
        }

        int depth = 0;
        _levels[0] = Level.Fresh(0, WakeupTree.None);
        if (_options.Resume is { Levels.Count: > 0 } state)
        {
            depth = Restore(state);
        }

        return Search(depth)
            ? _tally.Result(complete: true, Verdict.Complete)
            : _tally.Result(complete: false, Verdict.Stopped);
    }

    /// <summary>Explores what is left at a level and below, down to the floor.</summary>
    /// <returns>Whether nothing is left; otherwise something ended the search.</returns>
    private bool Search(int depth)
    {
        while (true)
        {
            if (NextBranch(depth, out int process, out int alternative, out int subtree, out Errand? errand))
            {
                if (errand is null || !TakeOver(ref depth, process, errand))
                {
                    Descend(depth, process, alternative, subtree);
                    depth++;
                }

                if (_tally.IsBroken)
                {
                    return false;
                }

                continue;
            }

            if (!_levels[depth].HasBranched)
            {
                Leaf();
                if (_tally.IsBroken)
                {
                    return false;
                }

                if (_tally.IsStopped || _tally.WantsCheckpoint)
                {
                    _tally.WantsCheckpoint = false;
                    _options.Checkpoint?.Invoke(_tally.Capture(_world, Capture(0, depth)));
                }

                if (_errand is { IsWanted: true } && depth > _floor)
                {
                    _left = Capture(_floor, depth);
                    return false;
                }

                if (_crew is { HasRoom: true })
                {
                    Offer(depth);
                }
            }

            if (depth == _floor)
            {
                return true;
            }

            if (_tally.IsStopped)
            {
                return false;
            }

            depth--;
            Ascend(depth);
        }
    }

    private void NoteAsleep(int depth, ulong sleep)
    {
        for (ulong rest = sleep; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            _asleep[(depth * _lanes) + process] = _machine.FootprintOf(process);
        }
    }

    private void MakeRoom(int depth)
    {
        if (depth + 2 > _levels.Length)
        {
            Array.Resize(ref _levels, _levels.Length * 2);
            Array.Resize(ref _asleep, _levels.Length * _lanes);
        }
    }

    /// <summary>The next branch of a level: planned ones first, else, on a new level, any process that is awake.</summary>
    private bool NextBranch(
        int depth, out int process, out int alternative, out int subtree, out Errand? errand)
    {
        ref Level level = ref _levels[depth];
        subtree = WakeupTree.None;
        errand = null;
        while (level.Planned != WakeupTree.None)
        {
            int node = level.Planned;
            process = _tree[node].Process;
            alternative = _tree[node].Alternative;
            subtree = _tree[node].FirstChild;
            bool isOpen = _tree[node].IsOpen;
            errand = _tree[node].Errand;
            level.Planned = _tree[node].NextSibling;
            level.Copy = null;
            _tree.Free(node);
            if (_machine.IsEnabled(process) && !IsExplored(level.Sleep, process))
            {
                Begin(ref level, process, alternative, isOpen);
                level.Since = _crew is not null && subtree == WakeupTree.None ? _tally.Executions : -1;
                return true;
            }

            // A poller that only the reversed event could wake: this reversal does not exist.
            errand = null;
            _tree.FreeAll(subtree);
            level.IsInfeasible = true;
        }

        process = level.Process;
        alternative = BitOperations.TrailingZeroCount(~level.Done);
        if (level.IsOpen && alternative < level.Alternatives)
        {
            Begin(ref level, process, alternative, isOpen: true);
            return true;
        }

        process = alternative = -1;
        if (level.HasBranched || level.IsInfeasible)
        {
            return false;
        }

        if (_machine.StepCount >= _options.MaxSteps || !Prefer(depth, level.Sleep, out process))
        {
            process = -1;
            return false;
        }

        alternative = 0;
        Begin(ref level, process, alternative, isOpen: true);
        return true;
    }

    /// <summary>
    /// Whether a planned branch turns out to be explored already when its turn comes: whether an access has
    /// several ways depends on where it stands, so with views that happens.
    /// </summary>
    private bool IsExplored(ulong sleep, int process)
    {
        bool sleeps = (sleep & (1UL << process)) != 0;
        Bug.On(sleeps && _machine.Views is null);
        return sleeps;
    }

    /// <summary>Notes the branch that is taken; an open level will take every alternative of its choice.</summary>
    private void Begin(ref Level level, int process, int alternative, bool isOpen)
    {
        level.HasBranched = true;
        level.Since = -1;
        level.Process = process;
        level.Alternatives = _machine.AlternativesOf(process);
        if (level.Alternatives > 1)
        {
            level.Done |= 1UL << alternative;
            level.IsOpen |= isOpen;
        }
    }

    /// <summary>The process that ran last goes on; else the oldest fiber; store buffers come last.</summary>
    private bool Prefer(int depth, ulong sleep, out int process)
    {
        if (_machine.MakesChoices && FindChoice(out process))
        {
            return true;
        }

        if (depth > 0)
        {
            process = _machine.StepAt(depth - 1).Process;
            if (process < _flusherBase && (sleep & (1UL << process)) == 0 && _machine.IsEnabled(process))
            {
                return true;
            }
        }

        ulong awake = _machine.Enabled() & ~sleep;
        process = awake == 0 ? -1 : Oldest(awake);
        return awake != 0;
    }

    /// <summary>The fiber that was started first; the numbers of processes say when each came up in the search.</summary>
    private int Oldest(ulong awake)
    {
        ulong fibers = _flusherBase < 64 ? awake & ((1UL << _flusherBase) - 1) : awake;
        ulong kind = fibers != 0 ? fibers : awake >> _flusherBase;
        int offset = fibers != 0 ? 0 : _flusherBase;
        foreach (Fiber fiber in _machine.AllFibers)
        {
            if ((kind & (1UL << fiber.Index)) != 0)
            {
                return fiber.Index + offset;
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    /// <summary>
    /// A choice touches nothing, so it is made as soon as it is there: no race is ever reversed before it.
    /// </summary>
    private bool FindChoice(out int process)
    {
        foreach (Fiber fiber in _machine.AllFibers)
        {
            process = fiber.Index;
            if (_machine.AlternativesOf(process) > 1 && _machine.IsEnabled(process))
            {
                return true;
            }
        }

        process = -1;
        return false;
    }

    private void Descend(int depth, int process, int alternative, int subtree)
    {
        Enter(depth, process, alternative, subtree);
        _tally.Step(_share);
        if (_machine.Violation is not null && _options.StopAtViolation)
        {
            _tally.CountEnded();
        }
    }

    /// <summary>Takes a step; whoever sleeps and is not woken by it sleeps on.</summary>
    private void Enter(int depth, int process, int alternative, int subtree)
    {
        MakeRoom(depth);
        ulong sleep = _levels[depth].Sleep;
        ulong stillAsleep = 0;
        if (sleep != 0)
        {
            Footprint mine = _machine.FootprintOf(process);
            for (ulong rest = sleep; rest != 0; rest &= rest - 1)
            {
                int other = BitOperations.TrailingZeroCount(rest);
                if (!_asleep[(depth * _lanes) + other].Conflicts(mine, _flusherBase))
                {
                    stillAsleep |= 1UL << other;
                }
            }
        }

        _machine.Step(process, alternative);
        _levels[depth + 1] = Level.Fresh(stillAsleep, subtree);
        NoteAsleep(depth + 1, stillAsleep);
    }

    private void Ascend(int depth)
    {
        _machine.Undo();
        _kept = Math.Min(_kept, depth);
        Close(depth);
    }

    /// <summary>The branch of a level is explored: from now on its process sleeps there.</summary>
    private void Close(int depth)
    {
        ref Level level = ref _levels[depth];
        level.Explored++;
        if (level.Since >= 0)
        {
            NoteSize(depth + 1, _tally.Executions - level.Since);
        }

        if (level.Alternatives == 1)
        {
            level.Sleep |= 1UL << level.Process;
            _asleep[(depth * _lanes) + level.Process] = _machine.FootprintOf(level.Process);
        }
    }

    private void Leaf()
    {
        ulong enabled = _machine.Enabled();
        if (enabled != 0)
        {
            if (_machine.StepCount >= _options.MaxSteps)
            {
                Stuck.ReportLong(_machine);
                _tally.CountExecution();
                return;
            }

            _tally.CountBlocked();
            return;
        }

        _tally.CountExecution();
        if (_tally.IsBroken)
        {
            return;
        }

        _notebook?.Begin();
        History history = _machine.History;
        int count = history.Count;
        // All races, also those that an earlier execution had: what may go before the reversal depends on
        // the steps after it, and a branch not taken there can hide the only way to an execution.
        ReverseRaces(0, count);
        ReverseBlocked(count);
        _kept = count;
    }

    /// <summary>A fiber that is blocked at the end races with what blocked it.</summary>
    private void ReverseBlocked(int count)
    {
        History history = _machine.History;
        int accesses = history.AccessCount;
        foreach (Fiber fiber in _machine.AllFibers)
        {
            if (!fiber.IsFinished)
            {
                int from = history.RaceCount;
                OpenBlocked(fiber);
                ReverseRaces(from, count);
                history.RollBack(count, accesses);
            }
        }
    }

    /// <summary>Enters what a fiber is blocked at for ever, as if it came to it at the end.</summary>
    private int OpenBlocked(Fiber fiber)
    {
        History history = _machine.History;
        int index = history.Open(fiber.Index, 0, fiber.Pending, fiber.ParentEvent, Stepping.DrainOf(_machine, fiber));
        BlockingRaces.CollectBlocked(history, index);
        return index;
    }

    /// <summary>Plans the reversals of the races from one on.</summary>
    private void ReverseRaces(int from, int count)
    {
        Span<Race> races = _machine.History.Races;
        for (int i = from; i < races.Length; i++)
        {
            ref Race race = ref races[i];
            bool isCovered = race.Covered > 0 && race.Covered <= _kept;
            if (!isCovered && Reverse(ref race, count) && _notebook is not null && race.First < _floor)
            {
                ref readonly Event late = ref _machine.History.Events[race.Second];
                _notebook.Note(race.First, race.Second < count ? race.Second : -1 - late.Process, i - late.FirstRace);
            }
        }
    }

    /// <summary>
    /// Most races come up again in execution after execution, and are seen at once to have been dealt
    /// with: the second event's process sleeps where the first event was taken, nothing but that event
    /// kept it from going first, and whatever else touches their cell comes after that event.
    /// </summary>
    private bool IsCovered(ref readonly Race race)
    {
        History history = _machine.History;
        ref readonly Event early = ref history.Events[race.First];
        ref readonly Event late = ref history.Events[race.Second];
        return (_levels[race.First].Sleep & (1UL << late.Process)) != 0 &&
            late.PreviousOfProcess < race.First && late.Joined < race.First && early.Wrote && !late.HasWays &&
            late.Op.Cell is not null && ReferenceEquals(early.Op.Cell, late.Op.Cell);
    }

    /// <summary>Plans the reversal of a race, unless it is covered.</summary>
    /// <returns>Whether it went where nothing was planned when the errand began.</returns>
    private bool Reverse(ref Race race, int count)
    {
        if (IsCovered(in race))
        {
            race.Covered = 1;
            return false;
        }

        _reversal.Build(race.First, race.Second, count, race.Chained);
        ref Level level = ref _levels[race.First];
        for (ulong rest = level.Sleep; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            if (_reversal.CanBeginWith(process, in _asleep[(race.First * _lanes) + process]))
            {
                // Whether a step of the reversal can be its first depends on nothing that comes after it.
                int position = _reversal.FirstOf(process);
                race.Covered = position < 0 ? 0 : 1 + Math.Max(race.Second, _reversal.IndexAt(position));
                return false;
            }
        }

        ulong identity = _notebook is not null && race.First < _floor ? _reversal.Identity(race.First) : 0;
        _tree.HasReachedNew = _tree.HasGrown = false;
        _tree.Insert(ref level.Planned, _reversal);
        level.Copy = _tree.HasGrown ? null : level.Copy;
        return _tree.HasReachedNew && (identity == 0 || _notebook!.IsNew(identity));
    }

    /// <summary>
    /// How much of the tree is explored, if what is planned at each level is as large as what was
    /// explored there.
    /// </summary>
    private Explored Share()
    {
        double share = 0;
        double part = 1;
        int all = 0;
        for (int depth = 0; depth < _machine.StepCount; depth++)
        {
            ref Level level = ref _levels[depth];
            int planned = 0;
            for (int node = level.Planned; node != WakeupTree.None; node = _tree[node].NextSibling)
            {
                planned++;
            }

            double branches = level.Explored + planned + 1;
            share += part * level.Explored / branches;
            part /= branches;
            all += planned;
        }

        return new Explored(share, all);
    }

    private struct Level
    {
        internal ulong Sleep;
        internal int Planned;

        /// <summary>A copy of what is planned, if nothing was planned since it was made.</summary>
        internal List<CopiedStep>? Copy;
        internal int Process;
        internal int Alternatives;

        /// <summary>Which alternatives of a choice were taken.</summary>
        internal ulong Done;
        internal int Explored;

        /// <summary>How many executions there were when the last step of a planned branch was taken; -1 otherwise.</summary>
        internal long Since;
        internal bool HasBranched;
        internal bool IsInfeasible;

        /// <summary>Whether all alternatives of a choice are to be taken, not only those planned.</summary>
        internal bool IsOpen;

        internal static Level Fresh(ulong sleep, int planned) => new() { Sleep = sleep, Planned = planned, Since = -1 };
    }
}
