using System.Runtime.CompilerServices;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>The answer of an access to user memory.</summary>
/// <param name="Value">What was read: zero-extended, the least significant byte first in memory.</param>
/// <param name="Fault">Why nothing was read or written.</param>
/// <param name="Address">Where it failed: si_addr.</param>
public readonly record struct UserWord(long Value, FaultCode Fault = FaultCode.None, ulong Address = 0);

/// <summary>
/// Loads, stores and locked instructions of user mode. In explored mode an access inside an aligned
/// eight-byte word is one step on the cell of that word, whatever its width; under TSO a store of any
/// width waits in the store buffer with a mask of its bytes. An access that crosses words is made of
/// one step for each. In direct mode a page is plain memory.
/// </summary>
/// <remarks>
/// Context: a fiber that uses the address space, with no lock held; may sleep.
/// The argument <c>sp</c> is the stack pointer of user mode; 0 for the kernel: see <see cref="PageFault"/>.
/// </remarks>
public static class UserAccess
{
    /// <summary>Reads 1, 2, 4 or 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op<UserWord> Load(
        this MmStruct mm, Cpu cpu, ulong address, int size, ulong sp = 0, AccessKind access = AccessKind.Read)
        => access == AccessKind.Read && TryLoad(mm, address, size, out long value)
            ? Op<UserWord>.Of(new UserWord(value))
            : LoadAnywhere(mm, cpu, address, size, sp, access);

    /// <summary>Writes 1, 2, 4 or 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Op<UserWord> Store(this MmStruct mm, Cpu cpu, ulong address, int size, long value, ulong sp = 0)
        => TryStore(mm, address, size, value)
            ? Op<UserWord>.Of(default)
            : StoreAnywhere(mm, cpu, address, size, value, sp);

    /// <summary>
    /// A locked instruction on 1, 2, 4 or 8 bytes of one aligned word: a read and a write in one step, and a full
    /// barrier. Answers what the bytes held.
    /// </summary>
    /// <param name="mm">The address space.</param>
    /// <param name="cpu">Who executes it.</param>
    /// <param name="address">Where.</param>
    /// <param name="size">How many bytes; they must not cross an eight-byte boundary.</param>
    /// <param name="kind">What to do.</param>
    /// <param name="first">The operand, or what a compare-and-exchange expects.</param>
    /// <param name="second">What a conditional exchange stores.</param>
    /// <param name="sp">The stack pointer.</param>
    /// <exception cref="NotSupportedException">The access is split over two words.</exception>
    public static Op<UserWord> Atomic(
        this MmStruct mm, Cpu cpu, ulong address, int size, RmwKind kind, long first, long second = 0, ulong sp = 0)
    {
        int offset = (int)(address & 7);
        if (offset + size > 8)
        {
            throw new NotSupportedException("a locked instruction across an eight-byte boundary");
        }

        var lane = Lane.Of(offset, size);
        (first, second) = (Narrow(first, size), Narrow(second, size));
        return mm.Tlb?.FindWritable(address) is { } plain
            ? Op<UserWord>.Of(new UserWord(AtomicPlain(plain, address, lane, kind, first, second)))
            : AtomicSlowly(mm, cpu, address, lane, kind, first, second, sp);
    }

    private static async Op<UserWord> AtomicSlowly(
        MmStruct mm, Cpu cpu, ulong address, Lane lane, RmwKind kind, long first, long second, ulong sp)
    {
        Reach reach = await mm.ReachPage(cpu, address, AccessKind.Write, sp);
        if (reach.Page is null)
        {
            return new UserWord(0, reach.Fault, address);
        }

        return new UserWord(cpu.Machine.IsDirect
            ? AtomicPlain(reach.Page.Words.Plain, address, lane, kind, first, second)
            : lane.Extract(await cpu.Rmw(reach.Page.Words.At(WordOf(address)), lane, kind, first, second)));
    }

    private static long AtomicPlain(long[] words, ulong address, Lane lane, RmwKind kind, long first, long second)
    {
        ref long plain = ref words[WordOf(address)];
        long before = plain;
        plain = new PendingOp { Kind = OpKind.Rmw, Rmw = kind, Lane = lane, A = first, B = second }.Apply(before);
        return lane.Extract(before);
    }

    /// <summary>Reads memory that direct mode knows to be readable; false when the long way has to be gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryLoad(this MmStruct mm, ulong address, int size, out long value)
    {
        ulong bits = 0;
        bool known = mm.Tlb is { } tlb && tlb.TryRead(address, size, out bits);
        value = (long)bits;
        return known;
    }

    /// <summary>Writes memory that direct mode knows to be writable; false when the long way has to be gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryStore(this MmStruct mm, ulong address, int size, long value)
        => mm.Tlb is { } tlb && tlb.TryWrite(address, size, (ulong)value);

    /// <summary>The number of an address's word in its page.</summary>
    internal static int WordOf(ulong address) => (int)(Paging.Offset(address) >> 3);

    /// <summary>Reads bytes of one word of a page that was reached.</summary>
    internal static async Op<long> LoadWord(Cpu cpu, Page page, ulong address, int size)
    {
        var lane = Lane.Of((int)(address & 7), size);
        int word = WordOf(address);
        return lane.Extract(cpu.Machine.IsDirect
            ? page.Words.Plain[word]
            : await cpu.Load(page.Words.At(word), lane));
    }

    /// <summary>Writes bytes of one word of a page that was reached.</summary>
    internal static async Op StoreWord(Cpu cpu, Page page, ulong address, int size, long value)
    {
        var lane = Lane.Of((int)(address & 7), size);
        int word = WordOf(address);
        if (cpu.Machine.IsDirect)
        {
            ref long plain = ref page.Words.Plain[word];
            plain = lane.Insert(plain, value);
        }
        else
        {
            await cpu.Store(page.Words.At(word), lane, value);
        }
    }

    private static async Op<UserWord> LoadAnywhere(
        MmStruct mm, Cpu cpu, ulong address, int size, ulong sp, AccessKind access)
    {
        int first = Math.Min(size, 8 - (int)(address & 7));
        Reach reach = await mm.ReachPage(cpu, address, access, sp);
        if (reach.Page is null)
        {
            return new UserWord(0, reach.Fault, address);
        }

        long value = await LoadWord(cpu, reach.Page, address, first);
        if (first == size)
        {
            return new UserWord(value);
        }

        ulong rest = address + (ulong)first;
        reach = await mm.ReachPage(cpu, rest, access, sp);
        return reach.Page is null
            ? new UserWord(0, reach.Fault, rest)
            : new UserWord(value | (await LoadWord(cpu, reach.Page, rest, size - first) << (8 * first)));
    }

    private static async Op<UserWord> StoreAnywhere(
        MmStruct mm, Cpu cpu, ulong address, int size, long value, ulong sp)
    {
        int first = Math.Min(size, 8 - (int)(address & 7));
        ulong rest = address + (ulong)first;
        if (first < size && Paging.Offset(rest) == 0)
        {
            // The second page first: nothing is written when either cannot be.
            Reach second = await mm.ReachPage(cpu, rest, AccessKind.Write, sp);
            if (second.Page is null && (await mm.ReachPage(cpu, address, AccessKind.Write, sp)).Page is not null)
            {
                return new UserWord(0, second.Fault, rest);
            }
        }

        Reach reach = await mm.ReachPage(cpu, address, AccessKind.Write, sp);
        if (reach.Page is null)
        {
            return new UserWord(0, reach.Fault, address);
        }

        await StoreWord(cpu, reach.Page, address, first, value);
        if (first < size)
        {
            reach = await mm.ReachPage(cpu, rest, AccessKind.Write, sp);
            if (reach.Page is null)
            {
                return new UserWord(0, reach.Fault, rest);
            }

            await StoreWord(cpu, reach.Page, rest, size - first, value >> (8 * first));
        }

        return default;
    }

    private static long Narrow(long value, int size) => Lane.Of(0, size).Extract(value);
}
