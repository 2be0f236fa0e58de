using Sim.Kernel.Abi;
using Sim.Kernel.Pids;
using Sim.Machine.Ops;

namespace Sim.Kernel.Waiting;

/// <summary>struct wait_opts: which children a wait is for.</summary>
/// <param name="Type">Null for every child; otherwise by number or by process group.</param>
/// <param name="Nr">The number; for <see cref="PidType.Pgid"/> that of the group.</param>
/// <param name="Options">W* flags; of wait4() with WEXITED added.</param>
[Immutable]
public readonly record struct WaitRequest(PidType? Type, int Nr, WaitOptions Options)
{
    /// <summary>Whether an option is set.</summary>
    public bool Has(WaitOptions option) => (Options & option) != WaitOptions.None;
}

/// <summary>What a wait found.</summary>
/// <param name="Result">The child's number; 0 for nothing yet with WNOHANG; or a negated error.</param>
/// <param name="Status">The status word of wait4().</param>
/// <param name="Code">CLD_* of waitid().</param>
/// <param name="Value">si_status of waitid(): exit code or signal.</param>
public readonly record struct WaitResult(long Result, int Status = 0, int Code = 0, int Value = 0)
{
    /// <summary>Nothing was found; why not.</summary>
    public static WaitResult Failed(Errno error) => new(-(long)error);

    /// <summary>A child that has ended, by its exit status.</summary>
    internal static WaitResult Ended(int pid, int status) => (status & 0x7f) == 0
        ? new WaitResult(pid, status, SiCode.Exited, status >> 8)
        : new WaitResult(pid, status, (status & 0x80) != 0 ? SiCode.Dumped : SiCode.Killed, status & 0x7f);
}

/// <summary>What one look at a child gave.</summary>
/// <param name="Found">Whether the wait is over; tasklist_lock has been released then.</param>
/// <param name="Eligible">Whether the child may have something to say later.</param>
/// <param name="Result">What was found.</param>
internal readonly record struct ChildState(bool Found, bool Eligible, WaitResult Result)
{
    internal static ChildState NotOurs => default;

    internal static ChildState Later => new(false, true, default);

    internal static ChildState Now(WaitResult result) => new(true, true, result);
}
