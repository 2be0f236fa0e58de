using Sim.Explore;
using Sim.Kernel;
using Sim.Kernel.Files;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Unit.Kernel.Memory;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>A kernel whose processes have memory and files, and a place where they note what they saw.</summary>
internal sealed class CallWorld
{
    /// <summary>Two pages that can be written.</summary>
    internal const long Scratch = 0x10_0000;

    /// <summary>A page that can only be read.</summary>
    internal const long ReadOnly = 0x20_0000;

    /// <summary>Nothing is mapped there.</summary>
    internal const long Nowhere = 0x30_0000;

    internal CallWorld(SimMachine machine, KernelOptions? options = null, bool init = true)
    {
        World = new KernelWorld(machine, init, options);
        Seen = new Notes(machine);
    }

    internal KernelWorld World { get; }

    internal LinuxKernel Kernel => World.Kernel;

    internal Notes Seen { get; }

    /// <summary>Makes a process with memory and the standard files.</summary>
    internal TaskStruct Process(string name, Func<User, Op<int>> main, TaskStruct? parent = null)
    {
        TaskStruct task = World.Process(name, main, parent);
        SimMachine machine = Kernel.Machine;
        var mm = new MmStruct(machine, name);
        AddressSpace.Now(mm.Map(
            machine.BootCpu, (ulong)Scratch, 2 * Paging.PageSize, AddressSpace.ReadWrite, AddressSpace.Private | MapFlags.Fixed));
        AddressSpace.Now(mm.Map(
            machine.BootCpu, (ulong)ReadOnly, Paging.PageSize, Protection.Read, AddressSpace.Private | MapFlags.Fixed));
        task.Mm.Set(machine.BootCpu, mm);
        task.Files.Set(machine.BootCpu, Kernel.Root.StandardFiles(name));
        return task;
    }

    /// <summary>Makes another thread, which shares the memory and the files.</summary>
    internal TaskStruct Thread(string name, TaskStruct leader, Func<User, Op<int>> main)
    {
        Cpu boot = Kernel.Machine.BootCpu;
        TaskStruct thread = World.Thread(name, leader, main);
        AddressSpace.Now(leader.Mm.Peek!.Share(boot));
        thread.Mm.Set(boot, leader.Mm.Peek);
        thread.Files.Set(boot, leader.Files.Peek!.Share(boot));
        return thread;
    }

    /// <summary>Opens a pipe at descriptors 3 and 4.</summary>
    internal void Open(TaskStruct task)
    {
        Cpu boot = Kernel.Machine.BootCpu;
        var pipe = new Pipe(Kernel, "pipe");
        task.Files.Peek!.Start(boot, 3, new OpenFile(pipe, OpenFlags.ReadOnly));
        task.Files.Peek!.Start(boot, 4, new OpenFile(pipe, OpenFlags.WriteOnly));
    }

    /// <summary>Runs programs in direct mode until nobody can run and no timer is armed.</summary>
    internal static (CallWorld World, bool Ended) Run(KernelOptions? options, params Func<User, Op<int>>[] programs)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine, options);
        foreach (Func<User, Op<int>> program in programs)
        {
            world.Process("program", program);
        }

        return (world, world.Kernel.Clock.Run());
    }

    /// <summary>What a program noted, one word after the other.</summary>
    internal static string Notes(
        Func<User, Notes, Op<int>> program, KernelOptions? options = null, Func<User, Op<int>>? child = null)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine, options);
        UserProgram? behind = child is null ? null : new RoutineProgram(child);
        TaskStruct task = world.Process("program", user => program(user, world.Seen));
        var image = new ProgramImage(machine, new RoutineProgram(user => program(user, world.Seen), behind));
        task.Context.Peek!.Program.Set(machine.BootCpu, image);
        Assert.True(world.Kernel.Clock.Run());
        return world.Seen.ToString();
    }

    /// <summary>Everything that the programs of a world can have noted, under every schedule.</summary>
    internal static (string Ends, ExploreResult Result) EveryEnd(
        MemoryModel memory, Action<CallWorld> make, KernelOptions? options = null, Strategy strategy = Strategy.Dpor)
    {
        var ends = new SortedSet<string>(StringComparer.Ordinal);
        ExploreResult result = Explorer.Run(
            machine =>
            {
                var world = new CallWorld(machine, options, init: false);
                make(world);
                return () =>
                {
                    ends.Add(world.Seen.ToString());
                    world.World.AtEnd();
                };
            },
            new ExploreOptions { Memory = memory, Strategy = strategy });
        return (string.Join(" | ", ends), result);
    }
}

/// <summary>What programs saw, in a row.</summary>
internal sealed class Notes : MachineObject
{
    private const int Most = 24;
    private readonly Guarded<long>[] _notes;

    internal Notes(SimMachine machine)
        : base(machine, "notes")
    {
        Count = new Guarded<int>(this, "count", null);
        _notes = [.. Enumerable.Range(0, Most).Select(i => new Guarded<long>(this, $"note[{i}]", null))];
    }

    private Guarded<int> Count { get; }

    internal void Add(User user, long value) => Add(user.Cpu, value);

    internal void Add(Cpu cpu, long value)
    {
        int count = Count.Get(cpu);
        _notes[count].Set(cpu, value);
        Count.Set(cpu, count + 1);
    }

    /// <summary>Notes at a place of one's own.</summary>
    internal void Put(User user, int place, long value)
    {
        _notes[place].Set(user.Cpu, value);
    }

    internal string Show(int first, int count)
        => string.Join(' ', _notes.Skip(first).Take(count).Select(note => note.Peek));

    public override string ToString()
        => string.Join(' ', _notes.Take(Math.Max(Count.Peek, 1 + Array.FindLastIndex(_notes, n => n.Peek != 0))).Select(n => n.Peek));
}

/// <summary>What programs do with their memory.</summary>
internal static class UserPrograms
{
    internal static async Op Poke(this User user, long address, long value, int size = 8)
        => _ = await user.Task.Mm.Get(user.Cpu)!.Store(user.Cpu, (ulong)address, size, value);

    internal static async Op<long> Peek(this User user, long address, int size = 8)
        => (await user.Task.Mm.Get(user.Cpu)!.Load(user.Cpu, (ulong)address, size)).Value;

    /// <summary>A struct timespec of x86_64.</summary>
    internal static async Op PokeTime(this User user, long address, long seconds, long nanoseconds)
    {
        await user.Poke(address, seconds);
        await user.Poke(address + 8, nanoseconds);
    }
}
