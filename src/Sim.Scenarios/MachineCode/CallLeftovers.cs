using Sim.Kernel.Abi;
using Sim.Machine.Ops;

namespace Sim.Scenarios.MachineCode;

/// <summary>What an engine does at the entry of the call.</summary>
internal enum EntryAnswer
{
    /// <summary>UTRACE_SYSCALL_ABORT.</summary>
    Abort,

    /// <summary>The same, after syscall_set_return_value(0, 1234) and an argument 0 of 99.</summary>
    AbortChanged,

    /// <summary>The number becomes -1, and the call is to run.</summary>
    BogusNumber,

    /// <summary>Argument 0 becomes 0, and the call is to run.</summary>
    OtherArgument,

    /// <summary><see cref="BogusNumber"/>, after the same changes as in <see cref="AbortChanged"/>.</summary>
    BogusNumberChanged,
}

/// <summary>What it does at the exit.</summary>
internal enum ExitAnswer
{
    Nothing,

    /// <summary>syscall_rollback().</summary>
    Rollback,

    /// <summary>syscall_set_return_value(0, 1234).</summary>
    Success,

    /// <summary>syscall_set_return_value(-EPERM, 0).</summary>
    Failure,
}

/// <summary>What is found of a system call: by the engine at its exit, and then by the program.</summary>
/// <param name="Number">syscall_get_nr() at the exit.</param>
/// <param name="Error">syscall_get_error() there.</param>
/// <param name="Value">syscall_get_return_value() there.</param>
/// <param name="Result">ax or gpr3 in user mode.</param>
/// <param name="Second">di in user mode; on powerpc CR0.SO.</param>
/// <param name="Third">0; on powerpc gpr0 in user mode.</param>
/// <remarks>Source: spec sections 8.1 and 8.2, written down here a second time and not computed by what is judged.</remarks>
[Immutable]
internal readonly record struct CallLeftovers(long Number, long Error, long Value, long Result, long Second, long Third)
{
    private const int Enosys = (int)Errno.ENOSYS;
    private const int Eperm = (int)Errno.EPERM;
    private const int Set = AbortOps.Set;
    private const int Changed = AbortOps.Changed;

    /// <summary>What x86_64 leaves.</summary>
    internal static CallLeftovers OfX86(EntryAnswer entry, ExitAnswer exit, long pgid)
    {
        const int Getpgid = 121;
        bool bogus = entry is EntryAnswer.BogusNumber or EntryAnswer.BogusNumberChanged;
        bool changed = entry is EntryAnswer.AbortChanged or EntryAnswer.BogusNumberChanged;
        long number = bogus ? -1 : Getpgid;
        long value = entry is EntryAnswer.OtherArgument ? pgid : changed ? Set : -Enosys;
        return new CallLeftovers(
            number,
            value < 0 ? value : 0,
            value,
            exit switch
            {
                ExitAnswer.Rollback => number,
                ExitAnswer.Success => Set,
                ExitAnswer.Failure => -Eperm,
                ExitAnswer.Nothing => value,
                _ => throw new System.Diagnostics.UnreachableException(),
            },
            entry is EntryAnswer.OtherArgument ? 0 : changed ? Changed : CallProgram.Argument,
            0);
    }

    /// <summary>What powerpc leaves: of changes to gpr3 at the entry of a call that is not made, nothing.</summary>
    internal static CallLeftovers OfPowerPc(EntryAnswer entry, ExitAnswer exit, long pgid)
    {
        const int Getpgid = 132;
        long number = entry is EntryAnswer.BogusNumber or EntryAnswer.BogusNumberChanged ? -1 : Getpgid;
        bool failed = entry is not EntryAnswer.OtherArgument;
        long value = failed ? Enosys : pgid;
        return new CallLeftovers(
            number,
            failed ? -Enosys : 0,
            value,
            exit switch
            {
                ExitAnswer.Rollback => CallProgram.Argument,
                ExitAnswer.Success => Set,
                ExitAnswer.Failure => Eperm,
                ExitAnswer.Nothing => value,
                _ => throw new System.Diagnostics.UnreachableException(),
            },
            exit is ExitAnswer.Failure || (failed && exit is not ExitAnswer.Success) ? 1 : 0,
            number);
    }

    /// <summary>In words.</summary>
    internal string Describe(bool powerPc) => FormattableString.Invariant(
        $"at the exit get_nr is {Number}, get_error {Error}, get_return_value {Value}; ") + (powerPc
            ? FormattableString.Invariant($"the program finds gpr3 = {Result}, CR0.SO = {Second}, gpr0 = {Third}")
            : FormattableString.Invariant($"the program finds ax = {Result}, di = {Second}"));
}
