using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sim.Machine.Direct;
using Sim.Machine.Memory;
using Sim.Machine.Memory.Views;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.Races;
using Sim.Machine.State;
using Sim.Machine.Tracing;

namespace Sim.Machine;

/// <summary>
/// A simulated multiprocessor: fibers, cells, a memory model, and steps that can be taken and taken
/// back. One OS thread uses a machine at a time; nothing is shared between machines.
/// </summary>
[MachineOwned]
public sealed class SimMachine
{
    private readonly List<Fiber> _fibers = [];
    private readonly Fiber?[] _byNumber;
    private readonly StoreBuffer[] _buffers;
    private readonly Site[] _without;
    private readonly int _fiberLimit;
    private StepRecord[] _steps = new StepRecord[256];
    private readonly ulong[] _fiberHashes;
    private ulong _hashed;
    private Cpu? _boot;
    private int _bootChildren;

    /// <summary>Under a model with views: who chooses the way of its operation now, or -1.</summary>
    private int _choosing = -1;

    /// <summary>Makes a machine that is being set up: operations complete at once until <see cref="Start"/>.</summary>
    public SimMachine(MachineOptions options)
    {
        Options = options;
        Numbers = options.Numbers ?? new ProcessNumbers();
        _without = [.. options.Without];
        int lanes = Math.Max(16, (options.Lanes + 15) / 16 * 16);
        bool buffered = options.Memory == MemoryModel.Tso && options.Mode == RunMode.Explored;
        _fiberLimit = buffered ? lanes / 2 : lanes;
        _byNumber = new Fiber?[_fiberLimit];
        _fiberHashes = new ulong[_fiberLimit];
        BuffersStores = buffered;
        _buffers = new StoreBuffer[buffered ? _fiberLimit : 0];
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = new StoreBuffer(this);
        }

        IsRelaxed = buffered;
        IsDirect = options.Mode == RunMode.Direct;
        HasRealFences = options.RealFences;
        Immediate = true;
        Schedule = options.Schedule;
        Direct = new DirectScheduler(Fibers, options.Schedule);
        Objects = new ObjectTable(this);
        History = new History(lanes);
        if (options.Memory is MemoryModel.Power or MemoryModel.Lkmm && !IsDirect)
        {
            Views = new ViewMemory(this, _fiberLimit, options.Memory == MemoryModel.Power);
            IsRelaxed = true;
        }
    }

    /// <summary>What the machine was made with.</summary>
    public MachineOptions Options { get; }

    /// <summary>Whether operations complete at once: in direct mode, and while a world is set up.</summary>
    public bool Immediate { get; private set; }

    /// <summary>Whether the machine is in direct mode.</summary>
    public bool IsDirect { get; }

    /// <summary>Whether a full barrier is one of the real processor.</summary>
    internal bool HasRealFences { get; }

    /// <summary>
    /// The fibers, in the order in which they were started; in direct mode by number, where a fiber
    /// that has ended makes place for a new one.
    /// </summary>
    public IReadOnlyList<Fiber> AllFibers => IsDirect ? Direct.Fibers : _fibers;

    /// <summary>Direct mode: who runs when; null for first come, first served.</summary>
    public DirectSchedule? Schedule { get; }

    /// <summary>Direct mode: number of fibers that have not ended.</summary>
    public int LiveFibers => Direct.Live;

    /// <summary>Direct mode: whether <see cref="Run()"/> would find a fiber that can run.</summary>
    public bool HasRunnable => Direct.HasRunnable;

    /// <summary>Number of steps taken and not taken back.</summary>
    public int StepCount { get; private set; }

    /// <summary>The first violation of the running execution, or null.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Called for every operation as it is performed; null when nobody looks.</summary>
    public Action<TraceEvent>? Tracer { get; set; }

    /// <summary>
    /// Asked after a step behind which nobody can run: may change ghost cells so that somebody can, as time that
    /// passes does. The change belongs to the step. Null in worlds without time.
    /// </summary>
    /// <remarks>The reduction does not see that such a change depends on every step before it; sample such worlds.</remarks>
    public Action? Settled { get; set; }

    /// <summary>A processor that belongs to no fiber, for setting a world up.</summary>
    public Cpu BootCpu => _boot ??= new Fiber(this, -1, "boot", -1).Cpu;

    /// <summary>Whether an addition or a store of a part of a word ever went through a store buffer: a load may have to wait for it.</summary>
    internal bool LoadsMayWait { get; set; }

    /// <summary>Whether a choice of the world was ever announced.</summary>
    internal bool MakesChoices { get; set; }

    /// <summary>Whether some access had more ways than there can be alternatives, so that no search is complete.</summary>
    internal bool HasCutChoices { get; private set; }

    /// <summary>Whether stores wait in a buffer.</summary>
    internal bool BuffersStores { get; }

    /// <summary>Memory as processors with views see it; null under other models.</summary>
    internal ViewMemory? Views { get; }

    /// <summary>The same while the machine runs; null while it is set up or looked at.</summary>
    internal ViewMemory? LiveViews => Immediate ? null : Views;

    /// <summary>Whether memory is not one array that everybody sees at once.</summary>
    internal bool IsRelaxed { get; }

    /// <summary>Whether steps can be taken back from now on.</summary>
    internal bool IsUndoable => Fibers.Preserving;

    internal FiberStacks Fibers { get; } = new();

    internal DirectScheduler Direct { get; }

    internal ObjectTable Objects { get; }

    internal UndoLog Log { get; } = new();

    internal HeapHash Heap { get; } = new();

    internal History History { get; }

    internal ProcessNumbers Numbers { get; }

    /// <summary>The fiber that is running now, or -1 while a world is set up or a buffer drains.</summary>
    internal int CurrentProcess { get; private set; } = -1;

    /// <summary>The event that is being executed, or -1.</summary>
    internal int CurrentEvent { get; private set; } = -1;

    /// <summary>The alternative chosen for the step that is being executed.</summary>
    internal int CurrentAlternative { get; private set; }

    /// <summary>Number of processes: fibers first; under TSO the buffers follow from <see cref="FlusherBase"/>.</summary>
    internal int FlusherBase => _fiberLimit;

    /// <summary>Whether a site was taken away with <c>--without</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsWithout(Site? site) => _without.Length != 0 && site is not null && Array.IndexOf(_without, site) >= 0;

    /// <summary>
    /// The label of an object as traces print it; null in direct mode, where building it would cost more than
    /// making the object.
    /// </summary>
    [SuppressMessage("Performance", "CA1822", Justification = "the compiler hands the machine to the handler")]
    public string? Label([InterpolatedStringHandlerArgument("")] LabelHandler label) => label.Take();

    /// <summary>
    /// Every object that was made, freed ones included, by allocator and age; for observers, and not in
    /// direct mode, which keeps no table of objects.
    /// </summary>
    public IEnumerable<MachineObject> PeekObjects()
    {
        Bug.On(IsDirect);
        return Objects.All;
    }

    /// <summary>
    /// Starts a fiber. Its routine runs up to its first operation before this returns; in direct mode
    /// it waits for <see cref="Run()"/>, and any number of fibers may exist.
    /// </summary>
    /// <param name="name">Heading of its column in pictures.</param>
    /// <param name="routine">What it runs; receives the fiber's processor.</param>
    public Fiber Spawn(string name, Func<Cpu, Op> routine) => Spawn(name, (object)routine);

    /// <inheritdoc cref="Spawn(string, Func{Cpu, Op})"/>
    public Fiber Spawn(string name, IRoutine routine) => Spawn(name, (object)routine);

    private Fiber Spawn(string name, object routine)
    {
        if (IsDirect)
        {
            return Direct.Spawn(this, name, routine);
        }

        Fiber? starter = CurrentProcess >= 0 ? _byNumber[CurrentProcess] : null;
        int number = starter is null ? Numbers.Of(-1, _bootChildren++) : Numbers.Of(starter.Index, starter.Children++);
        if (number >= _fiberLimit)
        {
            throw new TooManyProcessesException(_fiberLimit);
        }

        var fiber = new Fiber(this, number, name, CurrentEvent) { Place = _fibers.Count, Starter = starter };
        _fibers.Add(fiber);
        _byNumber[number] = fiber;
        _hashed &= ~(1UL << number);
        History.Begin(fiber.Index);
        (int process, bool immediate) = (CurrentProcess, Immediate);
        if (process >= 0)
        {
            Views?.Start(process, fiber.Index);
            fiber.Parent = (process, History.Tick(process));
        }

        (CurrentProcess, Immediate) = (fiber.Index, false);
        try
        {
            fiber.Top = Fibers.Start(routine, fiber.Cpu);
            Fibers.EndIfAsked(fiber);
        }
        catch (Exception fault) when (IsOfTheRoutine(fault))
        {
            Fail(fiber, fault);
        }
        finally
        {
            (CurrentProcess, Immediate) = (process, immediate);
        }

        return fiber;
    }

    /// <summary>Ends the set-up: from now on operations suspend, and steps can be taken back.</summary>
    /// <param name="undoable">Whether <see cref="Undo"/> will be used.</param>
    /// <param name="collectRaces">Whether races between steps are wanted.</param>
    /// <param name="hashing">Whether <see cref="Identity"/> will be used.</param>
    internal void Start(bool undoable, bool collectRaces, bool hashing)
    {
        Bug.On(IsDirect);
        Immediate = false;
        Fibers.Preserving = undoable;
        History.CollectRaces = collectRaces;
        if (hashing)
        {
            Heap.Begin(Objects.All.SelectMany(item => item.Cells));
        }
        else
        {
            Heap.End();
        }
    }

    /// <summary>
    /// Direct mode: runs the fibers, first come, first served, each until it blocks, yields or ends,
    /// until nobody can run. May be called again, after more fibers were started or cells written.
    /// </summary>
    /// <returns>Whether every fiber has ended.</returns>
    /// <exception cref="Exception">What a routine threw; its fiber has ended, the others are unharmed.</exception>
    public bool Run() => Run(long.MaxValue);

    /// <summary>As <see cref="Run()"/>, for fibers that may go on for ever.</summary>
    /// <param name="turns">How often a fiber may be given its processor.</param>
    /// <returns>Whether every fiber has ended.</returns>
    public bool Run(long turns)
    {
        Bug.On(!IsDirect);
        Direct.Run(turns);
        return Direct.Live == 0;
    }

    /// <summary>Which processes can take a step now, as a bit mask.</summary>
    internal ulong Enabled()
    {
        if (_choosing >= 0)
        {
            return 1UL << _choosing;
        }

        ulong mask = 0;
        for (int i = 0; i < _fibers.Count; i++)
        {
            Fiber fiber = _fibers[i];
            if (IsFiberEnabled(fiber))
            {
                mask |= 1UL << fiber.Index;
            }

            if (BuffersStores && !_buffers[fiber.Index].IsEmpty)
            {
                mask |= 1UL << (fiber.Index + _fiberLimit);
            }
        }

        return mask;
    }

    /// <summary>Whether a process can take a step now.</summary>
    internal bool IsEnabled(int process)
        => _choosing >= 0 ? process == _choosing
            : process >= _fiberLimit
            ? process - _fiberLimit < _buffers.Length && !_buffers[process - _fiberLimit].IsEmpty
            : _byNumber[process] is { } fiber && IsFiberEnabled(fiber);

    /// <summary>How many alternatives the next step of a process has.</summary>
    internal int AlternativesOf(int process)
        => process < _fiberLimit && _byNumber[process]!.PendingField.Kind == OpKind.Choose
            ? _byNumber[process]!.PendingField.Alternatives
            : 1;

    /// <summary>What a process would do and touch if it were scheduled now.</summary>
    internal Footprint FootprintOf(int process) => Stepping.FootprintOf(this, process);

    /// <summary>Takes one step.</summary>
    /// <param name="process">An enabled process.</param>
    /// <param name="alternative">Which of its alternatives.</param>
    internal void Step(int process, int alternative)
    {
        if (StepCount == _steps.Length)
        {
            Array.Resize(ref _steps, StepCount * 2);
        }

        ref StepRecord record = ref _steps[StepCount++];
        record.Process = process;
        record.Alternative = alternative;
        record.LogMark = Log.Mark;
        record.FrameMark = Fibers.Mark;
        record.EventCount = History.Count;
        record.AccessCount = History.AccessCount;
        record.FiberCount = _fibers.Count;
        record.Violation = Violation;
        record.Heap = Heap.Value;
        CurrentAlternative = alternative;
        int changed = process >= _fiberLimit ? process - _fiberLimit : process;
        record.FiberHash = _fiberHashes[changed];
        record.Hashed = _hashed;
        _hashed &= ~(1UL << changed);
        if (process >= _fiberLimit)
        {
            Flush(process - _fiberLimit);
            TellSettled();
            return;
        }

        Fiber fiber = _byNumber[process]!;
        record.Top = fiber.Top;
        CurrentEvent = Stepping.OpenEvent(this, fiber, alternative);
        if (Views is not null && MustChoose(fiber))
        {
            CurrentEvent = -1;
            return;
        }

        CurrentProcess = process;
        Frame top = fiber.Top!;
        try
        {
            fiber.Top = Fibers.Run(top);
            Fibers.EndIfAsked(fiber);
        }
        catch (Exception fault) when (IsOfTheRoutine(fault))
        {
            Fail(fiber, fault);
        }

        CurrentProcess = -1;
        TellSettled();
        CurrentEvent = -1;
    }

    /// <summary>Takes the newest step back.</summary>
    internal void Undo()
    {
        ref StepRecord record = ref _steps[--StepCount];
        Log.RollBack(record.LogMark);
        if (record.Process < _fiberLimit)
        {
            Fiber fiber = _byNumber[record.Process]!;
            fiber.Top = record.Top;
            _choosing = Views is not null && ViewChoice.Is(in History.Events[record.EventCount].Op) ? record.Process : -1;
            PendingOp.Copy(in History.Events[record.EventCount].Op, ref fiber.PendingField);
        }

        History.RollBack(record.EventCount, record.AccessCount);

        while (_fibers.Count > record.FiberCount)
        {
            Fiber last = _fibers[^1];
            last.Starter!.Children--;
            _byNumber[last.Index] = null;
            _fibers.RemoveAt(_fibers.Count - 1);
        }

        Fibers.FreeSince(record.FrameMark);
        int changed = record.Process >= _fiberLimit ? record.Process - _fiberLimit : record.Process;
        _fiberHashes[changed] = record.FiberHash;
        _hashed = (_hashed & ~(1UL << changed)) | (record.Hashed & (1UL << changed));
        Violation = record.Violation;
        Heap.Value = record.Heap;
    }

    /// <summary>The process and alternative of a step taken.</summary>
    internal (int Process, int Alternative) StepAt(int index) => (_steps[index].Process, _steps[index].Alternative);

    /// <summary>Whether every fiber has ended and every store is visible.</summary>
    internal bool IsFinished()
    {
        for (int i = 0; i < _fibers.Count; i++)
        {
            if (!_fibers[i].IsFinished || (BuffersStores && !_buffers[_fibers[i].Index].IsEmpty))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The identity of the whole state: memory, buffers, fibers and what they wait for.</summary>
    internal StateId Identity()
    {
        Bug.On(!Heap.IsKept);
        (ulong high, ulong low) = Heap.Value;
        for (int i = 0; i < _byNumber.Length; i++)
        {
            if (_byNumber[i] is not { } current)
            {
                continue;
            }

            if ((_hashed & (1UL << i)) == 0)
            {
                _fiberHashes[i] = HashOf(current);
                _hashed |= 1UL << i;
            }

            ulong fiber = _fiberHashes[i];
            high = StateHash.Mix(high, fiber);
            low = StateHash.Mix(low + 0x632BE59BD9B4E019UL, fiber ^ 0x2545F4914F6CDD1DUL);
        }

        ulong views = Views?.Hash() ?? 0;
        return new StateId(high ^ views, low + views);
    }

    /// <summary>Notes that something that must not happen happened; the first one counts.</summary>
    public void Violate(string guarantee, string message)
    {
        if (IsDirect)
        {
            throw new InvalidOperationException($"{guarantee}: {message}");
        }

        Violation ??= new Violation(guarantee, message, StepCount);
    }

    /// <summary>Whether an operation has to wait for its guard.</summary>
    internal static bool WouldBlock(in PendingOp op)
        => op.Kind == OpKind.Watch
            ? !((WatchSet)op.Extra!).Changed
            : op.Guard != GuardKind.None && !op.Permits(op.Cell!.Bits);

    /// <summary>Forgets a violation that a check at the end of an execution reported.</summary>
    internal void ForgetViolation() => Violation = null;

    /// <summary>A fiber by its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Fiber FiberAt(int index) => _byNumber[index]!;

    /// <summary>The store buffer of a fiber's processor.</summary>
    internal StoreBuffer BufferOf(int fiber) => _buffers[fiber];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void RecordUndo(Undoable target, int slot, long old)
    {
        if (Fibers.Preserving)
        {
            Log.Record(target, slot, old);
        }
    }

    /// <summary>What a fiber and its store buffer are; only a step of either changes that.</summary>
    private ulong HashOf(Fiber current)
    {
        ulong fiber = StateHash.Mix(11, (ulong)current.Index);
        for (Frame? frame = current.Top; frame is not null; frame = frame.Parent)
        {
            fiber = StateHash.Mix(fiber, frame.Hash());
        }

        if (current.Top is not null)
        {
            fiber = HashOp(fiber, in current.PendingField);
        }

        foreach (MachineObject held in current.Held)
        {
            fiber = StateHash.Mix(fiber, (ulong)held.Id);
        }

        return BuffersStores ? _buffers[current.Index].Hash(fiber) : fiber;
    }

    private static ulong HashOp(ulong hash, in PendingOp op)
    {
        ulong kinds = (ulong)op.Kind | ((ulong)op.Rmw << 8) | ((ulong)op.Guard << 16);
        hash = StateHash.Mix(hash, kinds | ((ulong)op.Alternatives << 24) | ((ulong)op.Lane.Code << 32));
        hash = StateHash.Mix(hash, op.Cell?.Place ?? 0);
        hash = StateHash.Mix(hash, (ulong)op.A);
        hash = StateHash.Mix(hash, (ulong)op.B);
        return StateHash.Mix(hash, op.Extra is Site ? 0 : StateHash.Identity(op.Extra));
    }

    /// <summary>Lets a fiber choose before it performs its operation, if that has several ways; nobody else moves meanwhile.</summary>
    private bool MustChoose(Fiber fiber)
    {
        if (_choosing >= 0)
        {
            _choosing = -1;
            return false;
        }

        int ways = Views!.AlternativesOf(fiber.Index, in fiber.PendingField);
        if (ways == 1)
        {
            return false;
        }

        MakesChoices = true;
        HasCutChoices |= ways > Cpu.MostAlternatives;
        PendingOp.Copy(ViewChoice.Among(Math.Min(ways, Cpu.MostAlternatives)), ref fiber.PendingField);
        _choosing = fiber.Index;
        return true;
    }

    private void TellSettled()
    {
        if (Settled is not null && Enabled() == 0)
        {
            Settled();
        }
    }

    private bool IsFiberEnabled(Fiber fiber)
    {
        if (fiber.Top is null)
        {
            return false;
        }

        ref PendingOp op = ref fiber.PendingField;
        if (BuffersStores && Stepping.DrainsFirst(in op) && !_buffers[fiber.Index].IsEmpty)
        {
            return false;
        }

        if (LoadsMayWait && op.Kind == OpKind.Load && _buffers[fiber.Index].HoldsUp(op.Cell!, op.Lane))
        {
            return false;
        }

        return !WouldBlock(in op);
    }

    private void Flush(int fiber)
    {
        StoreBuffer buffer = _buffers[fiber];
        StoreBuffer.Entry entry = buffer.Oldest;
        long old = entry.Cell.Bits;
        long bits = entry.Result(old);
        var op = new PendingOp { Kind = OpKind.Flush, Cell = entry.Cell, A = bits };
        int index = History.Open(
            fiber + _fiberLimit, 0, in op, -1, entry.StoreEvent, (fiber, entry.Epoch));
        CurrentEvent = index;
        History.Touch(index, entry.Cell, true);
        entry.Cell.CheckAlive();
        entry.Cell.SetBits(bits);
        buffer.Pop(index);
        History.RecordForwarded(entry.Forwarded, entry.Cell);
        Tracer?.Invoke(new TraceEvent(StepCount - 1, _byNumber[fiber]!, op, old, bits));
        CurrentEvent = -1;
    }

    /// <summary>Whether the simulated program is to blame, not the simulator or whoever wrote the routine.</summary>
    private static bool IsOfTheRoutine(Exception fault)
        => fault is not SimulatorBugException and not UncopyableRoutineException and not TooManyProcessesException;

    private void Fail(Fiber fiber, Exception fault)
    {
        fiber.Top = null;
        Violate("OOPS", $"{fiber.Name}: {fault.GetType().Name}: {fault.Message}");
    }

    private struct StepRecord
    {
        internal Frame? Top;
        internal Violation? Violation;
        internal StateId Heap;
        internal ulong FiberHash;
        internal ulong Hashed;
        internal int Process;
        internal int Alternative;
        internal int LogMark;
        internal int FrameMark;
        internal int EventCount;
        internal int AccessCount;
        internal int FiberCount;
    }
}
