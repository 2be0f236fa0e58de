using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>
/// Programs of which it is known what is computed from what. An atomic operation of one may read an older write, too.
/// </summary>
internal sealed partial class ViewMemory
{
    /// <summary>Every processor runs such a program.</summary>
    internal void FollowPrograms() => Array.Fill(_views, ProcessorViews.Fresh with { Program = ProgramViews.Fresh });

    /// <summary>A processor goes on to another instruction.</summary>
    /// <param name="processor">Who.</param>
    /// <param name="place">Where the instruction stands.</param>
    /// <param name="address">The registers that the address of its access is computed from, as a bit mask.</param>
    /// <param name="value">Those that the address or a stored value is computed from.</param>
    internal void Depend(int processor, int place, ulong address, ulong value)
    {
        ProgramViews program = ProgramOf(processor).At(place);
        Put(processor, program with
        {
            Addressed = _isPower ? program.Addressed.With(program.Address.Committed) : program.Addressed,
            Address = program.From(address),
            Value = program.From(value),
        });
    }

    /// <summary>A register is computed from others, or takes what was loaded last.</summary>
    /// <param name="processor">Whose register.</param>
    /// <param name="register">Its number.</param>
    /// <param name="from">The registers that it is computed from, as a bit mask; null for the newest load.</param>
    internal void Assign(int processor, int register, ulong? from)
    {
        ProgramViews program = ProgramOf(processor);
        Put(processor, program.WithRegister(register, from is { } registers ? program.From(registers) : program.Newest));
    }

    /// <summary>A processor branches.</summary>
    /// <param name="processor">Who.</param>
    /// <param name="place">Where the branch stands.</param>
    /// <param name="condition">The registers that decide, as a bit mask.</param>
    /// <param name="end">Where what depends on the branch ends.</param>
    internal void Branch(int processor, int place, ulong condition, int end)
    {
        ProgramViews program = ProgramOf(processor).At(place);
        Knowledge known = program.From(condition).Committed;
        if (_isPower && !known.IsNothing)
        {
            Put(processor, program with { Branches = program.Branches.Add(new TakenBranch(end, known)) });
        }
    }

    /// <summary>isync: whatever comes later begins when the branches before are decided.</summary>
    internal void Isolate(int processor)
        => Put(processor, Behind(_views[processor], ProgramOf(processor).Control));

    /// <summary>smp_mb__before_atomic: a full barrier that begins with the atomic operation that follows; sync on POWER.</summary>
    internal void PassBeforeAtomic(int processor)
    {
        if (_isPower)
        {
            Full(processor);
            return;
        }

        ProgramViews program = ProgramOf(processor);
        Put(processor, program with { Pending = EverythingOf(_views[processor]).With(program.Pending) });
    }

    /// <summary>smp_mb__after_atomic: a full barrier for the newest atomic operation and what was before it; sync on POWER.</summary>
    internal void PassAfterAtomic(int processor) => PassFor(processor, ProgramOf(processor).AtAtomic);

    /// <summary>smp_mb__after_spinlock: a full barrier for the lock that was taken last and what was before it; sync on POWER.</summary>
    internal void PassAfterLock(int processor) => PassFor(processor, ProgramOf(processor).AtLock);

    /// <summary>
    /// smp_mb__after_unlock_lock: a full barrier for what was before an unlock that the lock which was taken last came
    /// behind; sync on POWER.
    /// </summary>
    internal void PassAfterHandOver(int processor) => PassFor(processor, ProgramOf(processor).AtHandOver);

    /// <summary>Which write a processor has read last, as a number.</summary>
    internal ulong NewestRead(int processor) => ViewHash.Of(ProgramOf(processor).Read!);

    /// <summary>In which order the writes of a word reached memory, as a number.</summary>
    internal ulong OrderOf(Cell cell)
    {
        ulong hash = 53;
        for (int i = 1; i < (cell.History?.Count ?? 0); i++)
        {
            hash = StateHash.Mix(hash, ViewHash.Of(cell.History![i]));
        }

        return hash;
    }

    private ProgramViews ProgramOf(int processor) => _views[processor].Program ?? throw new System.Diagnostics.UnreachableException();

    private void Put(int processor, ProgramViews program) => Put(processor, _views[processor] with { Program = program });

    private void PassFor(int processor, Knowledge? before)
    {
        if (_isPower)
        {
            Full(processor);
        }
        else if (before is not null)
        {
            Full(processor, before);
        }
    }

    /// <summary>The barrier that waits for an atomic operation, if there is one.</summary>
    private void PassPending(int processor, in PendingOp op)
    {
        if (!IsLock(in op) && _views[processor].Program?.Pending is { } pending)
        {
            Full(processor, pending);
            Put(processor, ProgramOf(processor) with { Pending = null });
        }
    }

    private void NoteAtomic(int processor, in PendingOp op)
    {
        if (!IsLock(in op) && _views[processor].Program is { } program)
        {
            Put(processor, program with { AtAtomic = EverythingOf(_views[processor]) });
        }
    }

    private void NoteLock(int processor, WordWrite free)
    {
        ProcessorViews views = _views[processor];
        if (views.Program is not { } program)
        {
            return;
        }

        bool isHandedOver = free.Writer >= 0 || !views.LastUnlock.IsEmpty;
        Put(processor, program with
        {
            AtLock = EverythingOf(views),
            AtHandOver = isHandedOver
                ? new Knowledge(views.LastUnlock.With(free.Published), views.UnlockFences.With(free.Fences))
                : program.AtHandOver,
        });
        if (_isPower)
        {
            // The loop that takes a lock ends with a branch and isync.
            Put(processor, Behind(_views[processor], program.Newest.Committed));
        }
    }

    private ProgramViews? AfterReading(ProgramViews? program, WordWrite write, Knowledge known, FenceClock fences)
    {
        if (program is null)
        {
            return null;
        }

        var dependency = new Dependency(known, _isPower ? known.With(program.BeforeCommitment(write.Word)) : Knowledge.Nothing);
        return program with
        {
            Newest = dependency,
            Read = write,
            Accesses = new MadeAccess(write, IsRead: true, dependency, fences, program.Accesses),
        };
    }

    private ProgramViews? AfterWriting(ProcessorViews views, WordWrite write)
    {
        if (views.Program is not { } program)
        {
            return null;
        }

        Dependency known = _isPower
            ? new Dependency(write.Carried, write.Carried.With(program.Value.Committed).With(program.BeforeCommitment(write.Word)))
            : new Dependency(new Knowledge(views.Acquired, views.Heard), Knowledge.Nothing);
        return program with { Accesses = new MadeAccess(write, IsRead: false, known, write.Fences, program.Accesses) };
    }
}
