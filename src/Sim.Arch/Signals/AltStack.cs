using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>The alternate signal stack of a task: sas_ss_sp and sas_ss_size.</summary>
/// <param name="Sp">Its lowest address.</param>
/// <param name="Size">Its length; 0 for none.</param>
[Immutable]
public readonly record struct AltStack(ulong Sp, ulong Size)
{
    /// <summary>SS_ONSTACK.</summary>
    public const int SS_ONSTACK = 1;

    /// <summary>SS_DISABLE.</summary>
    public const int SS_DISABLE = 2;

    /// <summary>MINSIGSTKSZ.</summary>
    public const ulong MinSize = 2048;

    /// <summary>on_sig_stack().</summary>
    public bool Holds(ulong stackPointer) => stackPointer - Sp < Size;

    /// <summary>sas_ss_flags(): what sigaltstack() and a frame say of it.</summary>
    public int Flags(ulong stackPointer)
        => Size == 0 ? SS_DISABLE : Holds(stackPointer) ? SS_ONSTACK : 0;

    /// <summary>do_sigaltstack(): checks a new alternate stack against the one in use.</summary>
    /// <param name="sp">ss_sp.</param>
    /// <param name="flags">ss_flags.</param>
    /// <param name="size">ss_size.</param>
    /// <param name="stackPointer">Where the task's stack is.</param>
    /// <param name="changed">The new stack; the old one on an error.</param>
    /// <returns>
    /// 0; -EPERM on the alternate stack itself; -EINVAL for unknown flags; -ENOMEM for too small a stack.
    /// </returns>
    public int TrySet(ulong sp, int flags, ulong size, ulong stackPointer, out AltStack changed)
    {
        changed = this;
        if (Holds(stackPointer))
        {
            return -ErrorNumber.EPERM;
        }

        if (flags is not 0 and not SS_ONSTACK and not SS_DISABLE)
        {
            return -ErrorNumber.EINVAL;
        }

        if (flags == SS_DISABLE)
        {
            changed = default;
            return 0;
        }

        if (size < MinSize)
        {
            return -ErrorNumber.ENOMEM;
        }

        changed = new AltStack(sp, size);
        return 0;
    }
}
