using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Life;

/// <summary>
/// A child that shares its parent's memory was made by clone() without CLONE_SETTLS, so its thread pointer is its
/// parent's: both believe that they are the same thread. Code that uses thread data then breaks: errno is another
/// thread's, and the dynamic linker's recursive lock, which asks "do I hold it already?", lets both in. A child
/// that makes raw system calls only, and looks at nothing but their results, is safe.
/// </summary>
/// <remarks>Source: the utrace thread of 2009-12-01, where a ptrace test fork()ed by hand broke that way.</remarks>
public sealed class CloneTls : MachineObject
{
    private const ulong ParentBlock = 0x10000;
    private const ulong ChildBlock = 0x10400;
    private const ulong ErrnoOffset = 0x20;
    private const ulong LinkerLock = 0x10800;
    private const ulong BindingCount = 0x10808;
    private const int NoSuchPid = 60;

    private readonly KernelWorld _world;
    private readonly IArchitecture _architecture;
    private readonly bool _isPowerPc;
    private readonly bool _setTls;
    private readonly bool _raw;
    private readonly bool _binds;
    private readonly Shared<int> _bindings;
    private readonly Ghost<int> _counted;

    private CloneTls(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "clone-tls")
    {
        _isPowerPc = request.Values["powerpc"] != 0;
        _architecture = _isPowerPc ? PowerPcArchitecture.Ppc64() : new X86Architecture();
        _setTls = request.Values["settls"] != 0;
        _raw = request.Values["raw"] != 0;
        _binds = request.Values["bind"] != 0;
        _bindings = new Shared<int>(this, "bindings made");
        _counted = new Ghost<int>(this, "bindings recorded");
        _world = new KernelWorld(machine, init: false, new KernelOptions { Architecture = _architecture });
        TaskStruct parent = _world.Process("parent", Parent);
        RegisterFile regs = _architecture.NewRegisters(machine, "parent");
        parent.Registers.Set(machine.BootCpu, regs);
        SetThreadPointer(machine.BootCpu, regs, ParentBlock);
        parent.Mm.Set(machine.BootCpu, new MmStruct(machine, "shared"));
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request) => new CloneTls(machine, request).AtEnd;

    /// <summary>fs_base on x86_64, r13 on 64-bit powerpc.</summary>
    private ulong ThreadPointer(Cpu cpu, RegisterFile regs)
        => _isPowerPc ? regs.Get(cpu, PowerPcRegisters.Gpr13) : X86Segments.GetFsBase(cpu, regs);

    private void SetThreadPointer(Cpu cpu, RegisterFile regs, ulong value)
    {
        if (_isPowerPc)
        {
            regs.Set(cpu, PowerPcRegisters.Gpr13, value);
        }
        else
        {
            X86Segments.SetFsBase(cpu, regs, value);
        }
    }

    private void AtEnd()
    {
        if (_counted.Peek != _bindings.Peek)
        {
            Machine.Violate(
                LifeLaws.ThreadData.Name,
                FormattableString.Invariant($"{LifeLaws.ThreadData.Sentence} But the linker bound {_bindings.Peek} symbols and has {_counted.Peek} on record: two tasks with one thread pointer were inside its lock."));
        }

        _world.AtEnd();
    }

    private async Op<int> Parent(User user)
    {
        MmStruct mm = user.Task.Mm.Get(user.Cpu)!;
        await mm.Map(
            user.Cpu, ParentBlock, Paging.PageSize, Protection.Read | Protection.Write,
            MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        CloneFlags flags = CloneFlags.VM | (_setTls ? CloneFlags.SetTls : CloneFlags.None) | (CloneFlags)Signals.SIGCHLD;
        var child = new RoutineProgram(Child);
        await user.Clone(new CloneRequest(flags, child, "child") { Tls = ChildBlock });
        await UseThreadData(user, NoSuchPid, Signals.SIGTERM, Errno.ESRCH);
        WaitResult ended = await user.Wait4(-1, WaitOptions.All);
        _world.Expect(ended, ended.Result, WaitStatus.Exit(0));
        if (_binds)
        {
            long recorded = await user.Load(BindingCount, 8);
            await user.Cpu.Store(_counted, (int)recorded);
        }

        return 0;
    }

    private async Op<int> Child(User user)
    {
        if (_raw)
        {
            // The result is in a register, which is the child's own.
            long result = await user.Kill(user.Getpid(), -1);
            _world.Expect(result == -(long)Errno.EINVAL, "a raw system call answered something else");
        }
        else
        {
            await UseThreadData(user, user.Getpid(), -1, Errno.EINVAL);
        }

        return 0;
    }

    private async Op UseThreadData(User user, int pid, int signal, Errno expected)
    {
        ulong thread = ThreadPointer(user.Cpu, user.Task.Registers.Get(user.Cpu)!);
        if (_binds)
        {
            await BindSymbol(user, (long)thread);
        }
        else
        {
            await CallAndReadErrno(user, thread, pid, signal, expected);
        }
    }

    /// <summary>kill() of the C library, and a look at errno after it.</summary>
    private async Op CallAndReadErrno(User user, ulong thread, int pid, int signal, Errno expected)
    {
        long result = await user.Kill(pid, signal);
        await user.Store(thread + ErrnoOffset, 4, -result);
        var errno = (Errno)await user.Load(thread + ErrnoOffset, 4);
        if (errno != expected)
        {
            Machine.Violate(
                LifeLaws.ThreadData.Name,
                $"{LifeLaws.ThreadData.Sentence} But {user.Task} failed with {expected} and reads {errno} in errno.");
        }
    }

    /// <summary>The first call of a library function: the dynamic linker looks it up, under its recursive lock.</summary>
    private async Op BindSymbol(User user, long thread)
    {
        MmStruct mm = user.Task.Mm.Get(user.Cpu)!;
        long owner = (await mm.Atomic(user.Cpu, LinkerLock, 8, RmwKind.CompareExchange, 0, thread)).Value;
        if (owner != 0 && owner != thread)
        {
            // Somebody else is in there; how we wait for them is not the point.
            return;
        }

        long count = await user.Load(BindingCount, 8);
        await user.Store(BindingCount, 8, count + 1);
        await user.Cpu.Rmw(_bindings, RmwKind.Add, 1);
        if (owner == 0)
        {
            await user.Store(LinkerLock, 8, 0);
        }
    }
}
