using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Testing.LittleLives;

/// <summary>
/// A kernel in which an actor lives its random life, its children theirs, and in the end everyone who is left
/// is killed. Whatever the schedule: all die, init reaps all, and nothing is left.
/// </summary>
public sealed class LifeWorld : MachineObject
{
    private const int Actors = 16;
    private const int Patience = 50;
    private readonly KernelWorld _world;
    private readonly ImmutableArray<Shared<int>> _numbers;

    private LifeWorld(SimMachine machine, Life life)
        : base(machine, "lives", "lives")
    {
        _world = new KernelWorld(machine);
        _numbers = [.. Enumerable.Range(0, Actors).Select(
            i => new Shared<int>(this, FormattableString.Invariant($"number[{i}]")))];
        if (life.Acts.Length % 2 != 0)
        {
            // Then whoever dies releases its dead children itself.
            _world.Kernel.SetAction(_world.Kernel.Init!, Signals.SIGCHLD, SigAction.Ignore);
        }

        _world.Process("first", user => Live(user, life));
        _world.Stranger("janitor", KillAll);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, Life life) => new LifeWorld(machine, life)._world.AtEnd;

    /// <summary>Gives the actors no time, some, or more than they can use, and then kills everyone.</summary>
    private static async Op KillAll(User user)
    {
        int patience = await user.Cpu.Choose(4);
        for (int i = patience * patience * Patience; i > 0; i--)
        {
            await user.Cpu.Yield();
        }

        while (await user.Kill(-1, Signals.SIGKILL) == 0)
        {
            await user.Yield();
        }
    }

    private async Op<int> Live(User user, Life life)
    {
        await user.Cpu.Store(_numbers[life.Number], user.Gettid());
        for (int i = 0; i < life.Acts.Length; i++)
        {
            await Do(user, life.Acts[i]);
        }

        return life.Number;
    }

    private RoutineProgram Program(Life life) => new RoutineProgram(user => Live(user, life));

    private async Op Do(User user, Act act)
    {
        switch (act.Deed)
        {
            case Deed.Fork:
                await user.Fork(Program(act.Child!));
                break;
            case Deed.Vfork:
                await user.Vfork(Program(act.Child!));
                break;
            case Deed.CreateThread:
                await user.CreateThread(Program(act.Child!));
                break;
            case Deed.Exec:
                await user.Exec(Program(act.Child!));
                break;
            case Deed.Exit:
                await user.Exit(act.Target);
                break;
            case Deed.ExitThread:
                await user.ExitThread(act.Target);
                break;
            case Deed.Kill or Deed.Tkill or Deed.KillGroup:
                await Send(user, act);
                break;
            case Deed.Wait or Deed.WaitForStops or Deed.LookForChildren:
                await Wait(user, act.Deed);
                break;
            case Deed.Handle:
                await user.Sigaction(act.Signal, SigAction.Run(new RoutineHandler(Handle), SaFlags.Restart));
                break;
            case Deed.Ignore:
                await user.Sigaction(act.Signal, SigAction.Ignore);
                break;
            case Deed.Block:
                await user.Sigprocmask(SigHow.Block, SigSet.Of(act.Signal));
                break;
            case Deed.Unblock:
                await user.Sigprocmask(SigHow.Unblock, SigSet.Of(act.Signal));
                break;
            case Deed.Setsid:
                await user.Setsid();
                break;
            case Deed.Setpgid:
                await user.Setpgid(0, 0);
                break;
            case Deed.Yield:
                await user.Yield();
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Op Send(User user, Act act)
    {
        int number = await user.Cpu.Load(_numbers[act.Target]);
        if (act.Deed == Deed.KillGroup)
        {
            await user.Kill(0, act.Signal);
        }
        else if (number != 0)
        {
            long result = act.Deed == Deed.Kill
                ? await user.Kill(number, act.Signal)
                : await user.Tgkill(0, number, act.Signal);
            _world.Expect(result is 0 or -(long)Errno.ESRCH, "kill failed otherwise than for want of a target");
        }
    }

    private async Op Wait(User user, Deed how)
    {
        WaitOptions options = how == Deed.WaitForStops ? WaitOptions.Untraced | WaitOptions.Continued
            : how == Deed.LookForChildren ? WaitOptions.NoHang | WaitOptions.All
            : WaitOptions.None;
        WaitResult result = await user.Wait4(-1, options);
        bool stopped = result.Code is SiCode.Stopped or SiCode.Continued;
        _world.Expect(
            result.Result > 0 || result.Result is -(long)Errno.ECHILD or -(long)Errno.EINTR ||
                (result.Result == 0 && how == Deed.LookForChildren),
            "a wait answered what it cannot");
        _world.Expect(!stopped || how == Deed.WaitForStops, "a wait reported a stop that nobody asked for");
    }

    private static async Op Handle(User user, SigInfo info) => await user.Yield();
}
