using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>
/// A set of registers as debuggers and core dumps see it. Source: spec section 8.3. Linux: struct
/// user_regset.
/// </summary>
/// <inheritdoc cref="IArchitecture" path="/remarks"/>
[Immutable]
public abstract class Regset
{
    private protected Regset(string name, int n, int size, uint coreNoteType, bool isBigEndian)
    {
        Name = name;
        N = n;
        Size = size;
        CoreNoteType = coreNoteType;
        IsBigEndian = isBigEndian;
    }

    /// <summary>What the enumerations of the kernel call it, e.g. <c>GENERAL</c>.</summary>
    public string Name { get; }

    /// <summary>Number of slots.</summary>
    public int N { get; }

    /// <summary>Bytes per slot.</summary>
    public int Size { get; }

    /// <summary>What positions must be a multiple of.</summary>
    public int Align => Size;

    /// <summary>What the first slot is called; else slots count from 0.</summary>
    public virtual int Bias => 0;

    /// <summary>n_type of the note in a core dump.</summary>
    public uint CoreNoteType { get; }

    /// <summary>Whether <see cref="Set"/> is there at all.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Whether the view asks <see cref="Active"/>; the other sets are always in use.</summary>
    public virtual bool HasActive => false;

    /// <summary>Byte order of the slots.</summary>
    protected bool IsBigEndian { get; }

    /// <summary>How many slots hold something that is not their initial value.</summary>
    public virtual int Active(Cpu cpu, RegisterFile regs) => N;

    /// <summary>Reads slots.</summary>
    /// <param name="cpu">Whose processor.</param>
    /// <param name="regs">The task's registers.</param>
    /// <param name="pos">Byte position of the first slot.</param>
    /// <param name="into">Takes the bytes; its length says how many.</param>
    /// <returns>0; -EIO when position or length is not one of whole slots; -ENXIO when there is no such state.</returns>
    public int Get(Cpu cpu, RegisterFile regs, int pos, Span<byte> into)
    {
        if (!Fits(pos, into.Length))
        {
            return -ErrorNumber.EIO;
        }

        for (int at = 0; at < into.Length; at += Size)
        {
            int error = GetSlot(cpu, regs, (pos + at) / Size, into.Slice(at, Size));
            if (error != 0)
            {
                return error;
            }
        }

        return 0;
    }

    /// <summary>Writes slots in order, up to the first that refuses.</summary>
    /// <param name="cpu">Whose processor.</param>
    /// <param name="regs">The task's registers.</param>
    /// <param name="pos">Byte position of the first slot.</param>
    /// <param name="from">The bytes.</param>
    /// <returns>
    /// 0; -EIO when position or length is not one of whole slots or a value may not be written; -EINVAL
    /// when a descriptor is not valid; -EOPNOTSUPP when the set is read only.
    /// </returns>
    public int Set(Cpu cpu, RegisterFile regs, int pos, ReadOnlySpan<byte> from)
    {
        if (IsReadOnly)
        {
            return -ErrorNumber.EOPNOTSUPP;
        }

        if (!Fits(pos, from.Length))
        {
            return -ErrorNumber.EIO;
        }

        for (int at = 0; at < from.Length; at += Size)
        {
            int error = SetSlot(cpu, regs, (pos + at) / Size, from.Slice(at, Size));
            if (error != 0)
            {
                return error;
            }
        }

        return 0;
    }

    private protected abstract int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into);

    private protected abstract int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from);

    private bool Fits(int pos, int count)
        => pos >= 0 && pos % Size == 0 && count % Size == 0 && pos + count <= N * Size;
}
