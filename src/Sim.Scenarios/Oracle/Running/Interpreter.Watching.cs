using System.Globalization;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <content>Statements that wait for children, for each other, and look at others.</content>
internal sealed partial class Interpreter
{
    private Op? DoWatch(User user, Statement statement) => statement switch
    {
        Waitpid wait => DoWaitpid(user, wait),
        Scripts.Waitid wait => DoWaitid(user, wait),
        QuietWait wait => DoQuietWait(user, wait),
        SetFlag flag => DoSetFlag(user, flag),
        AwaitFlag flag => DoAwaitFlag(user, flag),
        BusyWaitFlag flag => DoBusyWait(user, flag),
        LetPass pass => world.Settling.LetPass(user, pass.Milliseconds),
        Await wait => DoAwait(user, wait),
        Show show => DoShow(user, show),
        _ => null,
    };

    private async Op DoWaitpid(User user, Waitpid wait)
    {
        long pid = await Pid(user, wait.Target);
        long options = await Value(user, wait.Options);
        WaitResult found = await user.Wait4((int)pid, (WaitOptions)(uint)options);
        string text = found.Result > 0
            ? $"{world.Numbers.Peek(found.Result)} {new Logs.WaitStatus((uint)found.Status)}"
            : Wording.Result(found.Result);
        await Write(user, $"waitpid({Print(wait.Target, pid)}, {Constants.WaitOptions(options)}) = {text}");
    }

    private async Op DoWaitid(User user, Scripts.Waitid wait)
    {
        long id = await Pid(user, wait.Target);
        long options = await Value(user, wait.Options);
        WaitResult found = await user.Waitid((IdType)wait.Type, (int)id, (WaitOptions)(uint)options);
        string text = found.Result switch
        {
            > 0 => $"0 pid={world.Numbers.Peek(found.Result)} code={Wording.ChildCode(found.Code)} status={Wording.ChildStatus(found.Code, found.Value)}",
            0 => "0 (nothing)",
            _ => Wording.Result(found.Result),
        };
        string whom = wait.Type == WaitidType.All ? "P_ALL" : Print(wait.Target, id);
        await Write(user, $"waitid({whom}, {Constants.WaitOptions(options)}) = {text}");
    }

    private async Op DoQuietWait(User user, QuietWait wait)
    {
        long pid = await Pid(user, wait.Target);
        await user.Wait4((int)pid, (WaitOptions)(uint)await Value(user, wait.Options));
    }

    private async Op DoSetFlag(User user, SetFlag flag) => await user.Cpu.Store(world.Flag(flag.Flag), 1);

    private async Op DoAwaitFlag(User user, AwaitFlag flag)
    {
        while (!await SilentSleep.Until(user, world.Flag(flag.Flag)))
        {
        }
    }

    /// <summary>Never sleeps: in user mode until the flag is set, with interrupts.</summary>
    private async Op DoBusyWait(User user, BusyWaitFlag wait)
    {
        Shared<int> flag = world.Flag(wait.Flag);
        while (await user.Cpu.Load(flag) == 0)
        {
            if (await user.Cpu.Load(user.Task.Interrupt) != 0)
            {
                await user.RunUntilInterrupt();
            }
            else
            {
                await user.Cpu.Watch(WatchSet.Empty.With(flag, 0).With(user.Task.Interrupt, 0));
            }
        }
    }

    private async Op DoAwait(User user, Await wait)
    {
        TaskName? name = wait.Task is NamedTask named && actor.Get(user.Cpu, named.Name) is null ? world.Name(named.Name) : null;
        long pid = name is null ? await Pid(user, wait.Task) : 0;
        await world.Settling.Until(user, name, pid, wait);
    }

    private async Op DoShow(User user, Show show)
    {
        long pid = await Pid(user, show.Task);
        string whom = Print(show.Task, pid);
        switch (show.View)
        {
            case View.State:
                await world.Settling.LetPass(user, 0);
                await Write(user, $"state({whom}) = {await ProcFile.State(user.Cpu, world.Kernel, pid)}");
                break;
            case View.Parents:
                long parent = await ProcFile.Parent(user.Cpu, world.Kernel, pid);
                await Write(user, parent < 0
                    ? $"proc({whom}): TracerPid=-1 PPid=-1"
                    : $"proc({whom}): TracerPid=0 PPid={world.Numbers.Peek(parent)}");
                break;
            case View.PendingSets:
                (_, SigSet own, SigSet shared) = await ProcFile.Pending(user.Cpu, world.Kernel, pid);
                await Write(user, $"proc({whom}): SigPnd={Wording.Set(own)} ShdPnd={Wording.Set(shared)}");
                break;
            case View.StepRegisters:
            case View.CallRegisters:
            default:
                throw new NotSupportedException("needs ptrace");
        }
    }

    /// <summary>The number that a target stands for in a call.</summary>
    private async Op<long> Pid(User user, Target target) => target switch
    {
        Caller => user.Gettid(),
        BarePid bare => bare.Pid,
        NamedTask named => actor.Get(user.Cpu, named.Name) ?? await user.Cpu.Load(world.Name(named.Name).Pid),
        GroupOf group => -(actor.Get(user.Cpu, group.Name) ?? await user.Cpu.Load(world.Name(group.Name).Pid)),
        ComputedPid computed => await Value(user, computed.Pid),
        _ => throw Unsupported(target),
    };

    /// <summary>How the log names a target: the recorder knows numbers, and which task has which.</summary>
    private string Print(Target target, long pid) => target switch
    {
        BarePid bare => bare.Pid.ToString(CultureInfo.InvariantCulture),
        _ when pid < -1 => "-" + world.Numbers.Peek(-pid),
        NamedTask named when pid <= 0 => named.Name,
        _ => world.Numbers.Peek(pid),
    };
}
