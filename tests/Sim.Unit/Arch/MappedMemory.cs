using Sim.Arch;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Arch;

/// <summary>One mapping, all of it readable and writable; the rest faults. Each access is a scheduling point.</summary>
internal sealed class MappedMemory : MachineObject, IUserMemory
{
    internal const ulong DefaultBase = 0x4000_0000;
    private readonly ulong _base;
    private readonly WordArray _bytes;

    internal MappedMemory(SimMachine machine, ulong start, int length)
        : base(machine, "memory")
    {
        _base = start;
        _bytes = new WordArray(this, "bytes", null, length);
    }

    public async Op<ByteBlock?> Read(Cpu cpu, ulong address, int length)
    {
        await cpu.Yield();
        return Holds(address, length) ? Bytes(address, length) : null;
    }

    public async Op<bool> Write(Cpu cpu, ulong address, ByteBlock bytes)
    {
        await cpu.Yield();
        if (!Holds(address, bytes.Length))
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes.Set(cpu, (int)(address - _base) + i, bytes.Span[i]);
        }

        return true;
    }

    /// <summary>What is there now.</summary>
    internal ByteBlock Bytes(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)_bytes.Peek((int)(address - _base) + i);
        }

        return new ByteBlock(bytes);
    }

    internal ulong Word(ulong address, bool bigEndian) => Bytes(address, 8).Word(0, bigEndian);

    internal uint Half(ulong address, bool bigEndian) => Bytes(address, 4).Half(0, bigEndian);

    internal void Put(Cpu cpu, ulong address, params ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes.Set(cpu, (int)(address - _base) + i, bytes[i]);
        }
    }

    internal void PutWord(Cpu cpu, ulong address, ulong value, bool bigEndian)
        => Put(cpu, address, ByteBlock.OfWord(value, bigEndian).Span);

    private bool Holds(ulong address, int length)
        => address >= _base && address - _base + (ulong)length <= (ulong)_bytes.Length;
}
