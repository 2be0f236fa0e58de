using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.Time;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>poll(). Source: fs/select.c do_sys_poll().</summary>
[Immutable]
public sealed class PollPath(LinuxKernel kernel)
{
    private const int EntrySize = 8;
    private const PollEvents Always = PollEvents.Error | PollEvents.HangUp;

    /// <summary>Waits until one of some descriptors is ready.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="address">The array of struct pollfd.</param>
    /// <param name="count">How many.</param>
    /// <param name="expires">When to give up, in nanoseconds since boot.</param>
    /// <param name="layout">How the caller has them.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none.
    /// Returns: how many have events; 0 after the time; -EINVAL (more than RLIMIT_NOFILE); -EFAULT; -ERESTART_RESTARTBLOCK.
    /// </remarks>
    public async Op<long> Poll(Cpu cpu, long address, uint count, long expires, UserLayout layout)
    {
        if (count > int.MaxValue / EntrySize ||
            !(await cpu.Load(cpu.Task().Signal.Limits))!.Allows(Resource.Nofile, count))
        {
            return -(long)Errno.EINVAL;
        }

        int size = (int)count * EntrySize;
        if (await cpu.FromUser(address, size) is not { } entries || !await cpu.CanWrite(address, size))
        {
            return -(long)Errno.EFAULT;
        }

        var polled = new Polled(kernel.Machine);
        await Enter(cpu, polled, entries, layout);
        bool ends = false;
        long ready = 0;
        while (!ends)
        {
            await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
            (entries, ready) = await Look(cpu, entries, layout);
            ends = ready != 0 || await Scheduling.SignalPending(cpu, cpu.Task());
            if (!ends)
            {
                ends = await kernel.Clock.ScheduleUntil(cpu, TaskState.Interruptible, expires);
                if (ends)
                {
                    (entries, ready) = await Look(cpu, entries, layout);
                }
            }
            else if (ready == 0)
            {
                ready = -(long)Errno.ERESTART_RESTARTBLOCK;
            }
        }

        await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Running);
        await Leave(cpu, polled);
        if (ready < 0)
        {
            cpu.Task().SetRestart(cpu, new Rest(kernel, address, count, expires, layout));
            return ready;
        }

        return await cpu.ToUser(address, entries) is < 0 and var error ? error : ready;
    }

    /// <summary>Waits at every file that there is.</summary>
    private async Op Enter(Cpu cpu, Polled polled, Bytes entries, UserLayout layout)
    {
        for (int at = 0; at < entries.Length; at += EntrySize)
        {
            if (await Fget(cpu, layout.Half(entries, at)) is not { } file)
            {
                continue;
            }

            if (file.Body.Queue is null || polled.Files.Contains(cpu, file))
            {
                await file.Put(cpu);
            }
            else
            {
                polled.Files.Add(cpu, file);
                await file.Body.Queue.Add(cpu);
            }
        }
    }

    private static async Op Leave(Cpu cpu, Polled polled)
    {
        while (polled.Files.First(cpu) is { } file)
        {
            polled.Files.Remove(cpu, file);
            await file.Body.Queue!.Remove(cpu);
            await file.Put(cpu);
        }

        await cpu.Free(polled);
    }

    /// <summary>Asks every file.</summary>
    private async Op<(Bytes Entries, long Ready)> Look(Cpu cpu, Bytes entries, UserLayout layout)
    {
        long ready = 0;
        for (int at = 0; at < entries.Length; at += EntrySize)
        {
            int fd = layout.Half(entries, at);
            PollEvents events = PollEvents.None;
            if (fd >= 0)
            {
                events = PollEvents.Invalid;
                if (await Fget(cpu, fd) is { } file)
                {
                    events = await file.Body.Poll(cpu, file) & (Wanted(entries, at, layout) | Always);
                    await file.Put(cpu);
                }
            }

            entries = Answer(entries, at, events, layout);
            ready += events != PollEvents.None ? 1 : 0;
        }

        return (entries, ready);
    }

    private static async Op<OpenFile?> Fget(Cpu cpu, int fd)
        => fd >= 0 && cpu.Task().Files.Get(cpu) is { } files ? await files.Fget(cpu, fd) : null;

    /// <summary>Two shorts behind the descriptor: in one int the first of them is the high one of a big-endian program.</summary>
    private static PollEvents Wanted(Bytes entries, int at, UserLayout layout)
    {
        int both = layout.Half(entries, at + 4);
        return (PollEvents)(ushort)(layout.IsBigEndian ? both >> 16 : both);
    }

    private static Bytes Answer(Bytes entries, int at, PollEvents events, UserLayout layout)
    {
        int wanted = (int)Wanted(entries, at, layout);
        int both = layout.IsBigEndian ? (wanted << 16) | (int)events : wanted | ((int)events << 16);
        return Bytes.Of(entries.Span[..(at + 4)]).With(layout.Ints(both).Span).With(entries.Span[(at + EntrySize)..]);
    }

    /// <summary>struct poll_wqueues: the files that a call waits at, with a reference each.</summary>
    private sealed class Polled : MachineObject
    {
        internal Polled(SimMachine machine)
            : base(machine, "poll_wqueues")
            => Files = new MachineList<OpenFile>(this, "files", null);

        internal MachineList<OpenFile> Files { get; }
    }

    /// <summary>do_restart_poll().</summary>
    private sealed class Rest(LinuxKernel kernel, long address, uint count, long expires, UserLayout layout)
        : RestartBlock(kernel.Machine)
    {
        public override Op<long> Run(Cpu cpu) => kernel.Poll.Poll(cpu, address, count, expires, layout);
    }
}
