using Sim.Kernel.Abi;
using Sim.Machine.Ops;

namespace Sim.Kernel.UserMode;

/// <summary>
/// What a process does in user mode, written as a routine. It talks to the kernel through <see cref="User"/>
/// and keeps no state of its own but in the machine.
/// </summary>
[Immutable]
public abstract class UserProgram
{
    /// <summary>The program. When it returns, the process exits with the answer, as main() does.</summary>
    public abstract Op<int> Main(User user);

    /// <summary>
    /// What a child does that the program makes by the number of fork(), vfork() or clone(): what stands behind the
    /// call where it answers 0. A routine cannot be copied in its middle, so it is named. Null for a program that
    /// makes no children by number.
    /// </summary>
    public virtual UserProgram? Child => null;
}

/// <summary>A program that is one routine of something else.</summary>
[Immutable]
public sealed class RoutineProgram(Func<User, Op<int>> main, UserProgram? child = null) : UserProgram
{
    /// <inheritdoc/>
    public override UserProgram? Child => child;

    /// <inheritdoc/>
    public override Op<int> Main(User user) => main(user);
}

/// <summary>A signal handler, written as a routine.</summary>
[Immutable]
public abstract class SignalHandler
{
    /// <summary>What sigaction() shows of it: neither SIG_DFL nor SIG_IGN.</summary>
    public virtual ulong Address => 0x1000;

    /// <summary>The handler.</summary>
    public abstract Op Run(User user, SigInfo info);
}

/// <summary>A handler that is one routine of something else.</summary>
[Immutable]
public sealed class RoutineHandler(Func<User, SigInfo, Op> body) : SignalHandler
{
    /// <inheritdoc/>
    public override Op Run(User user, SigInfo info) => body(user, info);
}
