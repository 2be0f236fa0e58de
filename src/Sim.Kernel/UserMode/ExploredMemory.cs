using Sim.Arch;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>What an instruction wants of memory.</summary>
internal enum AccessRequestKind
{
    None,
    Load,
    Store,
    CompareAndStore,
}

/// <summary>An access that an instruction stopped at.</summary>
/// <param name="Kind">What.</param>
/// <param name="Address">Where.</param>
/// <param name="Size">How many bytes.</param>
/// <param name="Sp">The stack pointer.</param>
/// <param name="Value">What to store.</param>
/// <param name="Expected">What must be there for it.</param>
[Immutable]
internal readonly record struct AccessRequest(
    AccessRequestKind Kind, ulong Address, int Size, ulong Sp, ulong Value = 0, ulong Expected = 0)
{
    /// <summary>Makes the access.</summary>
    /// <returns>What was there, but for a store.</returns>
    internal Op<UserWord> Make(Cpu cpu, MmStruct mm) => Kind switch
    {
        AccessRequestKind.Load => mm.Load(cpu, Address, Size, Sp),
        AccessRequestKind.Store => mm.Store(cpu, Address, Size, (long)Value, Sp),
        AccessRequestKind.CompareAndStore =>
            mm.Atomic(cpu, Address, Size, RmwKind.CompareExchange, (long)Expected, (long)Value, Sp),
        AccessRequestKind.None or _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>The answers to the accesses that an instruction has made so far.</summary>
internal readonly record struct AccessAnswers(
    int Count, ulong First, ulong Second, ulong Third, ulong Fourth, ulong Fifth, ulong Sixth, ulong Seventh, ulong Eighth)
{
    /// <summary>Whether there is no room for another.</summary>
    internal bool IsFull => Count == 8;

    /// <summary>These and one more.</summary>
    internal AccessAnswers With(ulong answer) => (this with { Count = Count + 1 }).Put(Count, answer);

    internal ulong At(int index) => index switch
    {
        0 => First,
        1 => Second,
        2 => Third,
        3 => Fourth,
        4 => Fifth,
        5 => Sixth,
        6 => Seventh,
        _ => Eighth,
    };

    private AccessAnswers Put(int index, ulong answer) => index switch
    {
        0 => this with { First = answer },
        1 => this with { Second = answer },
        2 => this with { Third = answer },
        3 => this with { Fourth = answer },
        4 => this with { Fifth = answer },
        5 => this with { Sixth = answer },
        6 => this with { Seventh = answer },
        _ => this with { Eighth = answer },
    };
}

/// <summary>
/// Memory for an interpreter in explored mode: it gives the answers that are known, and remembers what the next
/// access was. Nothing in it outlives a call of the interpreter.
/// </summary>
internal sealed class ExploredMemory : IDirectMemory
{
    /// <summary>A signal that there is not: the interpreter is to stop.</summary>
    private const int Stop = -1;

    /// <summary>Bytes that an interpreter sees of code at a time.</summary>
    private const int Window = 64;

    private readonly byte[] _code = new byte[Window];
    private MmStruct _mm = null!;
    private AccessAnswers _answers;
    private int _used;

    /// <summary>The access that has no answer yet.</summary>
    internal AccessRequest Request { get; private set; }

    /// <inheritdoc/>
    public AccessFault Load(Cpu cpu, ulong address, int size, ulong sp, out ulong value)
        => Answer(new AccessRequest(AccessRequestKind.Load, address, size, sp), out value);

    /// <inheritdoc/>
    public AccessFault Store(Cpu cpu, ulong address, int size, ulong sp, ulong value)
        => Answer(new AccessRequest(AccessRequestKind.Store, address, size, sp, value), out _);

    /// <inheritdoc/>
    public AccessFault CompareAndStore(
        Cpu cpu, ulong address, int size, ulong sp, ulong expected, ulong value, out bool stored)
    {
        AccessFault fault = Answer(
            new AccessRequest(AccessRequestKind.CompareAndStore, address, size, sp, value, expected), out ulong was);
        stored = fault.Signal == 0 && was == expected;
        return fault;
    }

    /// <inheritdoc/>
    public AccessFault Fetch(Cpu cpu, ulong address, out ReadOnlySpan<byte> code)
    {
        code = default;
        if (!PageFault.TryReach(_mm, _mm.Areas.Peek, address, AccessKind.Execute, out Reach reach))
        {
            reach = new Reach(null, FaultCode.MapError);
        }

        if (reach.Page is not { } page)
        {
            (int signal, int si) = reach.Fault.Signal();
            return new AccessFault(signal, si, address);
        }

        int count = (int)Math.Min(Window, Paging.PageSize - Paging.Offset(address));
        for (int i = 0; i < count; i++)
        {
            ulong at = address + (ulong)i;
            _code[i] = (byte)(page.Words.Peek(UserAccess.WordOf(at)) >> (8 * (int)(at & 7)));
        }

        code = _code.AsSpan(0, count);
        return default;
    }

    /// <summary>An instruction begins whose first accesses have these answers.</summary>
    internal void Begin(MmStruct mm, in AccessAnswers answers)
    {
        _mm = mm;
        _answers = answers;
        _used = 0;
        Request = default;
    }

    private AccessFault Answer(AccessRequest request, out ulong value)
    {
        if (_used < _answers.Count)
        {
            value = _answers.At(_used++);
            return default;
        }

        value = 0;
        Request = request;
        return new AccessFault(Stop, 0, request.Address);
    }
}
