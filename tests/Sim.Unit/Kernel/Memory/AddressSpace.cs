using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Unit.Kernel.Memory;

/// <summary>An address space and one processor that uses it; every operation completes at once.</summary>
internal sealed class AddressSpace
{
    internal const MapFlags Private = MapFlags.Private | MapFlags.Anonymous;
    internal const MapFlags Shared = MapFlags.Shared | MapFlags.Anonymous;
    internal const Protection ReadWrite = Protection.Read | Protection.Write;
    internal const ulong PageSize = Paging.PageSize;

    private AddressSpace(SimMachine machine, Cpu cpu, MmStruct mm)
    {
        Machine = machine;
        Cpu = cpu;
        Mm = mm;
    }

    internal SimMachine Machine { get; }

    internal Cpu Cpu { get; }

    internal MmStruct Mm { get; }

    /// <summary>In explored mode the machine is left in its set-up, where nothing suspends.</summary>
    internal static AddressSpace On(RunMode mode, MemoryLimits? limits = null)
    {
        var machine = new SimMachine(new MachineOptions { Mode = mode });
        Cpu cpu = mode == RunMode.Direct ? machine.Spawn("idle", _ => Op.Done).Cpu : machine.BootCpu;
        return new AddressSpace(machine, cpu, new MmStruct(machine, "mm", limits));
    }

    internal static T Now<T>(Op<T> routine)
    {
        OpAwaiter<T> awaiter = routine.GetAwaiter();
        Assert.True(awaiter.IsCompleted);
        return awaiter.GetResult();
    }

    internal static void Now(Op routine)
    {
        OpAwaiter awaiter = routine.GetAwaiter();
        Assert.True(awaiter.IsCompleted);
        awaiter.GetResult();
    }

    internal long Map(
        ulong address,
        ulong length,
        Protection protection = ReadWrite,
        MapFlags flags = Private,
        MappedFile file = default,
        ulong offset = 0)
        => Now(Mm.Map(Cpu, address, length, protection, flags, file, offset));

    internal long MapFixed(ulong address, ulong length, Protection protection = ReadWrite)
        => Map(address, length, protection, Private | MapFlags.Fixed);

    internal Errno Unmap(ulong address, ulong length) => Now(Mm.Unmap(Cpu, address, length));

    internal Errno Protect(ulong address, ulong length, Protection protection)
        => Now(Mm.Protect(Cpu, address, length, protection));

    internal ulong SetBrk(ulong end) => Now(Mm.SetBrk(Cpu, end));

    internal UserWord Load(ulong address, int size = 8, ulong sp = 0) => Now(Mm.Load(Cpu, address, size, sp));

    internal UserWord Store(ulong address, long value, int size = 8, ulong sp = 0)
        => Now(Mm.Store(Cpu, address, size, value, sp));

    internal AddressSpace Fork() => new(Machine, Cpu, Now(Mm.Duplicate(Cpu, "child")));

    internal void Put() => Now(Mm.MmPut(Cpu));

    /// <summary>The map, one area a line: first and last page numbers and permissions.</summary>
    internal string Areas => string.Join(' ', Mm.Areas.Peek.Areas.Select(Show));

    private static string Show(VmArea area)
    {
        string access = string.Concat(
            (area.Flags & VmFlags.Read) != VmFlags.None ? "r" : "",
            (area.Flags & VmFlags.Write) != VmFlags.None ? "w" : "",
            (area.Flags & VmFlags.Execute) != VmFlags.None ? "x" : "");
        return $"{area.Start / PageSize:x}-{area.End / PageSize:x}:{access}";
    }
}
