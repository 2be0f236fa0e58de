using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Unit.Arch;

/// <summary>A machine in direct mode with the registers of one task, and memory for it.</summary>
internal sealed class Bench
{
    internal Bench(IArchitecture architecture, bool isCompat = false)
    {
        Machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        Cpu = Machine.Spawn("task", _ => Op.Done).Cpu;
        Architecture = architecture;
        Regs = architecture.NewRegisters(Machine, "task");
        Memory = new MappedMemory(Machine, MappedMemory.DefaultBase, 0x8000);
        architecture.StartThread(Cpu, Regs, new ThreadStart(0x10_0000, StackPointer, IsCompat: isCompat));
    }

    /// <summary>In the middle of the mapped memory.</summary>
    internal static ulong StackPointer => MappedMemory.DefaultBase + 0x4000;

    internal SimMachine Machine { get; }

    internal Cpu Cpu { get; }

    internal IArchitecture Architecture { get; }

    internal RegisterFile Regs { get; }

    internal MappedMemory Memory { get; }

    internal ISyscallAbi Syscalls => Architecture.Syscalls;

    internal RegsetView View => Architecture.ViewOf(Cpu, Regs);

    internal ulong this[int word]
    {
        get => Regs.Peek(word);
        set => Regs.Set(Cpu, word, value);
    }

    internal static Bench X86(bool isCompat = false) => new(new X86Architecture(), isCompat);

    internal static Bench Ppc64(bool isCompat = false) => new(PowerPcArchitecture.Ppc64(), isCompat);

    internal static Bench Ppc32() => new(PowerPcArchitecture.Ppc32());

    /// <summary>By the name a theory uses.</summary>
    internal static Bench Of(string name) => name switch
    {
        "x86_64" => X86(),
        "i386" => X86(isCompat: true),
        "ppc64" => Ppc64(),
        "ppc compat" => Ppc64(isCompat: true),
        "ppc32" => Ppc32(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>Gives every word a value of its own.</summary>
    internal void Scramble(int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            this[i] = (0x0123_4567_89ab_cdefUL * (ulong)(i + 3)) ^ ((ulong)i << 56);
        }
    }

    internal ulong[] Words(int from, int to) => [.. Enumerable.Range(from, to - from).Select(Regs.Peek)];

    internal byte[] Get(Regset set, int pos = 0, int? count = null)
    {
        byte[] bytes = new byte[count ?? (set.N * set.Size)];
        Assert.Equal(0, set.Get(Cpu, Regs, pos, bytes));
        return bytes;
    }

    internal int Set(Regset set, int pos, byte[] bytes) => set.Set(Cpu, Regs, pos, bytes);

    /// <summary>Writes one slot of at most 8 bytes.</summary>
    internal int SetSlot(Regset set, int slot, ulong value)
    {
        byte[] bytes = new byte[set.Size];
        ((Span<byte>)bytes).PutWord(0, set.Size, value, Architecture.IsBigEndian);
        return set.Set(Cpu, Regs, slot * set.Size, bytes);
    }

    /// <summary>Reads one slot of at most 8 bytes.</summary>
    internal ulong GetSlot(Regset set, int slot)
        => ((ReadOnlySpan<byte>)Get(set, slot * set.Size, set.Size)).Word(0, set.Size, Architecture.IsBigEndian);

    internal bool Deliver(SignalDelivery signal)
        => Architecture.Signals.SetupFrame(Cpu, Regs, Memory, signal).GetAwaiter().GetResult();

    internal FrameReturn Return()
        => Architecture.Signals.ReturnFromHandler(Cpu, Regs, Memory).GetAwaiter().GetResult();

    internal void SingleStep() => Architecture.Stepping.EnableSingleStep(Cpu, Regs, Memory).GetAwaiter().GetResult();

    internal void BlockStep() => Architecture.Stepping.EnableBlockStep(Cpu, Regs, Memory).GetAwaiter().GetResult();
}
