using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Direct;

/// <summary>
/// Runs the fibers of a machine in direct mode, first come, first served: each until it blocks, yields
/// or ends. Nothing here takes longer because many fibers exist. The order depends on nothing but
/// what the fibers do.
/// </summary>
/// <param name="stacks">Runs routines.</param>
/// <param name="schedule">Who runs next instead; null for first come, first served.</param>
internal sealed class DirectScheduler(FiberStacks stacks, DirectSchedule? schedule)
{
    private readonly WaitingRoom _waiting = new();
    private readonly List<Fiber> _fibers = [];
    private readonly Stack<Fiber> _ended = [];
    private Fiber? _first;
    private Fiber? _last;
    private int _runnable;

    /// <summary>The fibers by number: those that live, and those that ended and can be used again.</summary>
    internal IReadOnlyList<Fiber> Fibers => _fibers;

    /// <summary>Number of fibers that have not ended.</summary>
    internal int Live { get; private set; }

    /// <summary>The fiber that runs now.</summary>
    internal Fiber? Running { get; private set; }

    /// <summary>How often a fiber was given its processor.</summary>
    internal long Turns { get; private set; }

    /// <summary>How often a guard was compared with its cell.</summary>
    internal long GuardsChecked => _waiting.GuardsChecked;

    /// <summary>Whether somebody can run.</summary>
    internal bool HasRunnable => _first is not null;

    /// <summary>Puts a new fiber at the end of the run queue.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="name">The fiber's name.</param>
    /// <param name="routine">A <see cref="IRoutine"/>, or a function from a processor to an <see cref="Op"/>.</param>
    internal Fiber Spawn(SimMachine machine, string name, object routine)
    {
        if (!_ended.TryPop(out Fiber? fiber))
        {
            fiber = new Fiber(machine, _fibers.Count, name, -1);
            _fibers.Add(fiber);
        }

        fiber.Name = name;
        fiber.Deferred = routine;
        Live++;
        Queue(fiber);
        return fiber;
    }

    /// <summary>Runs until nobody can run, or as many turns as are allowed.</summary>
    internal void Run(long turns)
    {
        Bug.On(Running is not null);
        for (; turns > 0 && _first is { } fiber; turns--)
        {
            Take(ref fiber);
            Running = fiber;
            try
            {
                Turn(fiber);
            }
            catch
            {
                End(fiber);
                throw;
            }
            finally
            {
                Running = null;
            }
        }
    }

    /// <summary>Whether an operation has to suspend its fiber now.</summary>
    internal bool MustSuspend(Fiber fiber, in PendingOp op)
        => op.Kind == OpKind.Yield
            ? ReferenceEquals(fiber, Running)
            : SimMachine.WouldBlock(in op);

    /// <summary>A cell that somebody waits for was written.</summary>
    internal void Wake(Cell cell)
    {
        bool isLast = false;
        while (!isLast && _waiting.Leave(cell, out isLast) is { } fiber)
        {
            fiber.WasWoken = true;
            Queue(fiber);
        }
    }

    private void Turn(Fiber fiber)
    {
        Turns++;
        if (fiber.Deferred is { } routine)
        {
            fiber.Deferred = null;
            fiber.Top = stacks.Start(routine, fiber.Cpu);
        }
        else if (_waiting.IsReady(in fiber.PendingField))
        {
            WakeNextIfUnchanged(in fiber.PendingField);
            fiber.WasWoken = false;
            fiber.Top = stacks.Run(fiber.Top!);
        }

        stacks.EndIfAsked(fiber);
        if (fiber.Top is null)
        {
            End(fiber);
        }
        else if (fiber.PendingField.Kind == OpKind.Yield)
        {
            Queue(fiber);
        }
        else
        {
            _waiting.Enter(fiber, fiber.WasWoken);
        }
    }

    /// <summary>Who was let through to change a cell and leaves it as it is lets the next one through.</summary>
    private void WakeNextIfUnchanged(in PendingOp op)
    {
        if (op.Kind == OpKind.Rmw && op.Cell!.Waiting is not null && !op.Writes(op.Cell.Bits))
        {
            Wake(op.Cell);
        }
    }

    /// <summary>Takes the first fiber out of the run queue, or the one that the schedule draws.</summary>
    private void Take(ref Fiber fiber)
    {
        int before = schedule is null || _runnable == 1 ? 0 : schedule.Pick(_runnable);
        _runnable--;
        if (before == 0)
        {
            _first = fiber.NextToRun;
            fiber.NextToRun = null;
            return;
        }

        Fiber previous = fiber;
        for (; before > 1; before--)
        {
            previous = previous.NextToRun!;
        }

        fiber = previous.NextToRun!;
        previous.NextToRun = fiber.NextToRun;
        fiber.NextToRun = null;
        _last = ReferenceEquals(_last, fiber) ? previous : _last;
    }

    private void Queue(Fiber fiber)
    {
        _runnable++;
        if (_first is null)
        {
            _first = fiber;
        }
        else
        {
            _last!.NextToRun = fiber;
        }

        _last = fiber;
    }

    private void End(Fiber fiber)
    {
        fiber.Reset();
        Live--;
        _ended.Push(fiber);
    }
}
