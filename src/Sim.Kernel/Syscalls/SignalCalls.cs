using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.Time;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about signals. Source: kernel/signal.c.</summary>
internal static class SignalCalls
{
    private const long Fault = -(long)Errno.EFAULT;
    private const long Invalid = -(long)Errno.EINVAL;
    private const int SetSize = 8;
    private const string ReturnNote = "for machine code; in a program that is a routine the handler's return does it";

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("kill", (cpu, a) => cpu.Task().Kernel.Kill.Kill(cpu, (int)a.A, (int)a.B)),
        Full("tkill", (cpu, a) => cpu.Task().Kernel.Kill.Tgkill(cpu, 0, (int)a.A, (int)a.B)),
        Full("tgkill", (cpu, a) => a.A > 0
            ? cpu.Task().Kernel.Kill.Tgkill(cpu, (int)a.A, (int)a.B, (int)a.C)
            : Op<long>.Of(Invalid)),
        Full("rt_sigqueueinfo", Queue, "C"),
        Partial("rt_sigaction", Action, "addresses of handlers are for machine code; a program that is a routine has User.Sigaction", "BC"),
        Full("rt_sigprocmask", Mask, "BC"),
        Full("rt_sigpending", Pending, "A"),
        Full("rt_sigsuspend", Suspend, "A"),
        Full("rt_sigtimedwait", Wait, "ABC"),
        Full("pause", (cpu, _) => cpu.Task().Kernel.Masks.Pause(cpu)),
        Full("sigaltstack", AltStackCall, "AB"),
        Partial("rt_sigreturn", (cpu, _) => Return(cpu, old: false), ReturnNote),
        Partial("sigreturn", (cpu, _) => Return(cpu, old: true), ReturnNote),
    ];

    private static SiginfoImage Image(UserLayout layout) => new(layout.WordSize, layout.IsBigEndian);

    /// <summary>siginfo_t as programs have it.</summary>
    internal static Bytes SiginfoOf(UserLayout layout, SigInfo info)
    {
        Span<byte> bytes = stackalloc byte[SiginfoImage.Size];
        Image(layout).Write(bytes, UserInfoOf(info));
        return Bytes.Of(bytes);
    }

    /// <summary>The members of siginfo_t.</summary>
    internal static UserSiginfo UserInfoOf(SigInfo info) => new(info.Signo, info.Code)
    {
        Errno = info.Errno,
        Pid = info.Pid,
        Uid = (uint)info.Uid,
        Status = info.Status,
        Value = (ulong)info.Value,
        Addr = info.Address,
    };

    private static Op<long> Return(Cpu cpu, bool old)
    {
        TaskStruct task = cpu.Task();
        return task.Context.Get(cpu) is { } context && context.IsMachineCode(cpu)
            ? task.Kernel.FrameDelivery.Return(cpu, task, context, old)
            : Op<long>.Of(-(long)Errno.ENOSYS);
    }

    /// <summary>do_sigaltstack().</summary>
    private static async Op<long> AltStackCall(Cpu cpu, SyscallArguments a)
    {
        TaskStruct task = cpu.Task();
        UserContext context = task.Context.Get(cpu)!;
        AltStack old = context.AltStack(cpu);
        AltStack changed = old;
        ulong stackPointer = task.Registers.Get(cpu) is { } regs
            ? task.Kernel.Options.Architecture!.GetStackPointer(cpu, regs)
            : context.StackPointer.Get(cpu);
        int size = a.Layout.StackSize;
        if (a.A != 0)
        {
            if (await cpu.FromUser(a.A, size) is not { } bytes)
            {
                return Fault;
            }

            int error = old.TrySet(
                a.Layout.Address(bytes, 0),
                a.Layout.Half(bytes, a.Layout.WordSize),
                a.Layout.Address(bytes, 2),
                stackPointer,
                out changed);
            if (error != 0)
            {
                return error;
            }
        }

        if (!await cpu.CanWriteIfAsked(a.B, size))
        {
            return Fault;
        }

        context.SetAltStack(cpu, changed);
        return await cpu.ToUserIfAsked(a.B, a.Layout.Stack(old.Sp, old.Flags(stackPointer), old.Size));
    }

    private static async Op<long> Queue(Cpu cpu, SyscallArguments a)
    {
        if (await cpu.FromUser(a.C, SiginfoImage.Size) is not { } bytes)
        {
            return Fault;
        }

        UserSiginfo user = Image(a.Layout).Read(bytes.Span);
        var info = new SigInfo((int)a.B, user.Code)
        {
            Errno = user.Errno,
            Pid = user.Pid,
            Uid = (int)user.Uid,
            Value = (long)user.Value,
        };
        return await cpu.Task().Kernel.Kill.Sigqueue(cpu, (int)a.A, info);
    }

    private static async Op<long> Action(Cpu cpu, SyscallArguments a)
    {
        if (a.D != SetSize)
        {
            return Invalid;
        }

        SigAction? action = null;
        if (a.B != 0)
        {
            if (await cpu.FromUser(a.B, a.Layout.SigactionSize) is not { } bytes)
            {
                return Fault;
            }

            action = ActionOf(a.Layout, bytes);
        }

        if (!await cpu.CanWriteIfAsked(a.C, a.Layout.SigactionSize))
        {
            return Fault;
        }

        if (action is { IsDefault: false, IsIgnore: false } && cpu.Task().Context.Get(cpu)?.IsMachineCode(cpu) != true)
        {
            // There is no machine code that could run at an address.
            return Invalid;
        }

        (Errno error, SigAction old) = await cpu.Task().Kernel.Masks.Sigaction(cpu, (int)a.A, action);
        return error != Errno.None ? -(long)error : await cpu.ToUserIfAsked(a.C, ImageOf(a.Layout, old));
    }

    private static SigAction ActionOf(UserLayout layout, Bytes bytes)
        => new(
            layout.Address(bytes, 0),
            (SaFlags)(uint)layout.Address(bytes, 1),
            new SigSet(layout.SignalSet(bytes, 3 * layout.WordSize)))
        {
            Restorer = layout.Address(bytes, 2),
        };

    private static Bytes ImageOf(UserLayout layout, SigAction action)
        => layout.Words((long)action.Handler, (long)(uint)action.Flags, (long)action.Restorer)
            .With(layout.SignalSet(action.Mask.Bits).Span);

    private static async Op<long> Mask(Cpu cpu, SyscallArguments a)
    {
        if (a.D != SetSize)
        {
            return Invalid;
        }

        if (!await cpu.CanWriteIfAsked(a.C, SetSize))
        {
            return Fault;
        }

        SigSet old = cpu.Task().Blocked.Get(cpu);
        if (a.B != 0)
        {
            if (await cpu.FromUser(a.B, SetSize) is not { } bytes)
            {
                return Fault;
            }

            var set = new SigSet(a.Layout.SignalSet(bytes, 0));
            (Errno error, old) = await cpu.Task().Kernel.Masks.Sigprocmask(cpu, (SigHow)a.A, set);
            if (error != Errno.None)
            {
                return -(long)error;
            }
        }

        return await cpu.ToUserIfAsked(a.C, a.Layout.SignalSet(old.Bits));
    }

    private static async Op<long> Pending(Cpu cpu, SyscallArguments a)
    {
        if (a.B is < 0 or > SetSize)
        {
            return Invalid;
        }

        SigSet waiting = await cpu.Task().Kernel.Masks.Sigpending(cpu);
        return await cpu.ToUser(a.A, Bytes.Of(a.Layout.SignalSet(waiting.Bits).Span[..(int)a.B]));
    }

    private static async Op<long> Suspend(Cpu cpu, SyscallArguments a)
    {
        if (a.B != SetSize)
        {
            return Invalid;
        }

        return await cpu.FromUser(a.A, SetSize) is { } bytes
            ? await cpu.Task().Kernel.Masks.Sigsuspend(cpu, new SigSet(a.Layout.SignalSet(bytes, 0)))
            : Fault;
    }

    private static async Op<long> Wait(Cpu cpu, SyscallArguments a)
    {
        if (a.D != SetSize)
        {
            return Invalid;
        }

        if (await cpu.FromUser(a.A, SetSize) is not { } set)
        {
            return Fault;
        }

        long wait = Timekeeper.Never;
        if (a.C != 0)
        {
            if (await cpu.FromUser(a.C, a.Layout.TimeSize) is not { } timeout)
            {
                return Fault;
            }

            wait = a.Layout.Nanoseconds(timeout);
            if (wait < 0)
            {
                return Invalid;
            }
        }

        if (!await cpu.CanWriteIfAsked(a.B, SiginfoImage.Size))
        {
            return Fault;
        }

        (Errno error, SigInfo info) = await cpu.Task().Kernel.Masks.Sigtimedwait(
            cpu, new SigSet(a.Layout.SignalSet(set, 0)), wait);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        return await cpu.ToUserIfAsked(a.B, SiginfoOf(a.Layout, info)) is < 0 and var fault ? fault : info.Signo;
    }
}
