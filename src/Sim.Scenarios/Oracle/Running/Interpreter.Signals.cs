using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <content>Statements about signals.</content>
internal sealed partial class Interpreter
{
    private const int HandlerFlag = 20;

    private Op? DoSignal(User user, Statement statement) => statement switch
    {
        Scripts.Kill kill => DoKill(user, kill),
        Tkill kill => DoTkill(user, kill),
        Tgkill kill => DoTgkill(user, kill),
        Sigqueue queue => DoSigqueue(user, queue),
        InstallHandler install => DoInstall(user, install),
        Ignore ignore => DoIgnore(user, ignore),
        DefaultAction action => DoDefault(user, action),
        BlockSignals block => DoMask(user, SigHow.Block, block.Signals),
        UnblockSignals block => DoMask(user, SigHow.Unblock, block.Signals),
        SetMask mask => DoMask(user, SigHow.SetMask, mask.Signals),
        DrainQueue drain => DoDrain(user, drain),
        Sigsuspend suspend => DoSigsuspend(user, suspend),
        Sigwait wait => DoSigwait(user, wait),
        ShowPending => DoShowPending(user),
        _ => null,
    };

    private static SigSet SetOf(SignalSet signals)
    {
        SigSet set = default;
        foreach (Number signal in signals.Signals)
        {
            set = set.With((int)signal.Value);
        }

        return signals.All ? ~set : set;
    }

    private async Op DoKill(User user, Scripts.Kill kill)
    {
        long pid = await Pid(user, kill.Target);
        int signal = (int)await Value(user, kill.Signal);
        bool isLogged = kill.Target is not Caller;
        if (!isLogged)
        {
            await user.Kill(pid, signal);
            return;
        }

        LogLine line = await world.Log.Begin(
            user.Cpu, Name(user.Cpu).Label, $"kill({Print(kill.Target, pid)}, {Constants.SignalName(signal)})");
        line.End(await user.Kill(pid, signal));
    }

    /// <summary>The caller's own is quiet: it may not come back before other things have happened.</summary>
    private async Op DoTkill(User user, Tkill kill)
    {
        long tid = await Pid(user, kill.Target);
        int signal = (int)await Value(user, kill.Signal);
        string call = $"tkill({(kill.Target is Caller ? "self" : Print(kill.Target, tid))}, {Constants.SignalName(signal)})";
        if (kill.Target is Caller)
        {
            long result = await user.Tgkill(0, tid, signal);
            if (kill.ThenLog)
            {
                await Write(user, $"{call} returned {Wording.Result(result)}");
            }

            return;
        }

        LogLine line = await world.Log.Begin(user.Cpu, Name(user.Cpu).Label, call);
        line.End(await user.Tgkill(0, tid, signal));
    }

    private async Op DoTgkill(User user, Tgkill kill)
    {
        long tgid = await Pid(user, kill.Group);
        long tid = await Pid(user, kill.Target);
        int signal = (int)await Value(user, kill.Signal);
        LogLine line = await world.Log.Begin(
            user.Cpu,
            Name(user.Cpu).Label,
            $"tgkill({Print(kill.Group, tgid)}, {Print(kill.Target, tid)}, {Constants.SignalName(signal)})");
        line.End(await user.Tgkill(tgid, tid, signal));
    }

    private async Op DoSigqueue(User user, Sigqueue queue)
    {
        long pid = await Pid(user, queue.Target);
        int signal = (int)await Value(user, queue.Signal);
        long value = await Value(user, queue.Value);
        string call = FormattableString.Invariant($"sigqueue({Print(queue.Target, pid)}, {Constants.SignalName(signal)}, {value})");
        LogLine line = await world.Log.Begin(user.Cpu, Name(user.Cpu).Label, call);
        line.End(await user.Sigqueue(pid, signal, value));
    }

    private async Op DoInstall(User user, InstallHandler install)
    {
        SaFlags flags = (SaFlags)(uint)(install.Flags?.Value ?? 0);
        SigSet mask = install.Mask is null ? default : SetOf(install.Mask);
        await user.Sigaction((int)install.Signal.Value, SigAction.Run(new Handler(this, install), flags, mask));
    }

    private static async Op DoIgnore(User user, Ignore ignore)
        => await user.Sigaction((int)ignore.Signal.Value, SigAction.Ignore);

    private static async Op DoDefault(User user, DefaultAction action)
        => await user.Sigaction(
            (int)action.Signal.Value,
            SigAction.Default with { Flags = (SaFlags)(uint)(action.Flags?.Value ?? 0) });

    private static async Op DoMask(User user, SigHow how, SignalSet signals) => await user.Sigprocmask(how, SetOf(signals));

    private async Op DoDrain(User user, DrainQueue drain)
    {
        string name = Constants.SignalName((int)drain.Signal.Value);
        SigInfo info;
        do
        {
            info = await user.Sigwait(SigSet.Of((int)drain.Signal.Value), waits: false);
            await Write(user, $"{name} queue: {(info.Signo == 0 ? "empty" : Wording.Siginfo(info, world.Numbers))}");
        }
        while (info.Signo != 0);
    }

    private async Op DoSigsuspend(User user, Sigsuspend suspend)
    {
        long result = await user.Sigsuspend(SetOf(suspend.Signals));
        await Write(user, $"sigsuspend() = {Wording.Result(result)}");
    }

    private async Op DoSigwait(User user, Sigwait wait)
    {
        SigInfo info = await user.Sigwait(SetOf(wait.Signals), !wait.Polls);
        string failed = wait.Polls ? "-1 EAGAIN" : "-1 EINTR";
        string text = info.Signo == 0 ? failed : Wording.Siginfo(info, world.Numbers, info.Code == SiCode.Queue);
        await Write(user, $"sigtimedwait: {text}");
    }

    private async Op DoShowPending(User user)
    {
        SigSet waiting = await user.Sigpending();
        await Write(user, $"sigpending: {Wording.Set(waiting)}");
    }

    /// <summary>A handler of a script: it logs what came, runs a program, or does nothing.</summary>
    [Immutable]
    private sealed class Handler(Interpreter interpreter, InstallHandler install) : SignalHandler
    {
        public override async Op Run(User user, SigInfo info)
        {
            if (install.Logging)
            {
                await interpreter.LogHandler(user, info, install.WithValue);
            }

            if (install.Program is not null)
            {
                await interpreter.Run(user, interpreter.ProgramOf(install.Program));
            }
        }
    }

    private Block ProgramOf(string name) => world.Script.Program(name).Body;

    private async Op LogHandler(User user, SigInfo info, bool withValue)
    {
        // Threads share their handlers: whose it is, is who runs it.
        string who = world.Numbers.Peek(user.Gettid());
        await world.Log.Write(user.Cpu, who, $"handler: {Wording.Siginfo(info, world.Numbers, withValue)}");
        await user.Cpu.Store(world.Flag(HandlerFlag), 1);
    }
}
