using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sim.Machine.Processors;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Registers, and memory in the order of the task.</summary>
public sealed partial class PowerPcInterpreter
{
    private const uint SummaryOverflow = 0x8000_0000;
    private const uint OverflowBit = 0x4000_0000;
    private const uint CarryBit = 0x2000_0000;
    private const int FloatRegisters = 32;

    /// <summary>The general registers, and one that is always 0.</summary>
    private readonly ulong[] _g = new ulong[33];

    private readonly ulong[] _f = new ulong[FloatRegisters];
    private ulong _ip;
    private ulong _msr;
    private ulong _link;
    private ulong _ctr;
    private uint _xer;
    private uint _cr;
    private uint _fpscr;
    private uint _vrsave;
    private bool _isWide;
    private bool _isLittle;

    /// <summary>VRSAVE: the first word of the last vector slot.</summary>
    private static int VrsaveWord => PowerPcRegisters.Vr + (2 * (PowerPcRegisters.VrCount - 1));

    private void Take(Cpu cpu, RegisterFile regs)
    {
        for (int i = 0; i < 32; i++)
        {
            _g[i] = regs.Get(cpu, PowerPcRegisters.Gpr + i);
            _f[i] = regs.Get(cpu, PowerPcRegisters.Fpr + i);
        }

        _ip = regs.Get(cpu, PowerPcRegisters.Nip);
        _msr = regs.Get(cpu, PowerPcRegisters.Msr);
        _link = regs.Get(cpu, PowerPcRegisters.Link);
        _ctr = regs.Get(cpu, PowerPcRegisters.Ctr);
        _xer = (uint)regs.Get(cpu, PowerPcRegisters.Xer);
        _cr = (uint)regs.Get(cpu, PowerPcRegisters.Ccr);
        _fpscr = (uint)regs.Get(cpu, PowerPcRegisters.Fpscr);
        _vrsave = (uint)(regs.Get(cpu, VrsaveWord) >> 32);
        _isWide = (_msr & (ulong)PowerPcMsr.Sf) != 0;
        _isLittle = (_msr & (ulong)PowerPcMsr.Le) != 0;
    }

    /// <summary>Puts back what changed; a narrow program's registers are 32 bits wide to everybody else.</summary>
    private void Put(Cpu cpu, RegisterFile regs)
    {
        for (int i = 0; i < 32; i++)
        {
            Put(cpu, regs, PowerPcRegisters.Gpr + i, Narrow(_g[i]));
            Put(cpu, regs, PowerPcRegisters.Fpr + i, _f[i]);
        }

        Put(cpu, regs, PowerPcRegisters.Nip, _ip & ~3UL);
        Put(cpu, regs, PowerPcRegisters.Link, Narrow(_link));
        Put(cpu, regs, PowerPcRegisters.Ctr, Narrow(_ctr));
        Put(cpu, regs, PowerPcRegisters.Xer, _xer);
        Put(cpu, regs, PowerPcRegisters.Ccr, _cr);
        Put(cpu, regs, PowerPcRegisters.Fpscr, _fpscr);
        Put(cpu, regs, VrsaveWord, ((ulong)_vrsave << 32) | (uint)regs.Get(cpu, VrsaveWord));
    }

    private static void Put(Cpu cpu, RegisterFile regs, int word, ulong value)
    {
        if (regs.Get(cpu, word) != value)
        {
            regs.Set(cpu, word, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong G(int number) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_g), number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Address(in PowerPcInstruction i)
    {
        ulong address = G(i.A) + G(i.B) + (ulong)i.Immediate;
        return _isWide ? address : (uint)address;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetCrField(int field, uint value)
    {
        int shift = 28 - (4 * field);
        _cr = (_cr & ~(0xfu << shift)) | (value << shift);
    }

    private uint CrBit(int bit) => (_cr >> (31 - bit)) & 1;

    private void SetCrBit(int bit, uint value) => _cr = (_cr & ~(0x8000_0000u >> bit)) | ((value & 1) << (31 - bit));

    /// <summary>Less, greater or equal, and SO.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Order(long left, long right) => (left < right ? 8u : left > right ? 4u : 2u) | (_xer >> 31);

    /// <summary>The same, without a sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Order(ulong left, ulong right) => (left < right ? 8u : left > right ? 4u : 2u) | (_xer >> 31);

    /// <summary>CR0 of a result, in the width of the mode.</summary>
    private void Record(ulong result)
        => SetCrField(0, _isWide ? Order((long)result, 0L) : Order((int)result, 0L));

    private void SetOverflow(bool overflow)
        => _xer = overflow ? _xer | OverflowBit | SummaryOverflow : _xer & ~OverflowBit;

    private void SetCarry(bool carry) => _xer = carry ? _xer | CarryBit : _xer & ~CarryBit;

    private uint Carry => (_xer >> 29) & 1;

    /// <summary>Reads bytes; false with a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Load(ulong address, int size, out ulong value)
    {
        if (!_tlb.TryRead(address, size, out value) && !LoadTheLongWay(address, size, out value))
        {
            return false;
        }

        if (!_isLittle)
        {
            value = Reversed(value, size);
        }

        return true;
    }

    private bool LoadTheLongWay(ulong address, int size, out ulong value)
    {
        _trust++;
        AccessFault fault = _memory.Load(_cpu, address, size, _g[1], out value);
        return fault.Signal == 0 || Fault(fault);
    }

    /// <summary>Writes bytes; false with a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Store(ulong address, int size, ulong value)
    {
        value = _isLittle ? value : Reversed(value, size);
        return _tlb.TryWrite(address, size, value) || StoreTheLongWay(address, size, value);
    }

    private bool StoreTheLongWay(ulong address, int size, ulong value)
    {
        _trust++;
        AccessFault fault = _memory.Store(_cpu, address, size, _g[1], value);
        return fault.Signal == 0 || Fault(fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reversed(ulong value, int size)
        => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value) >> (64 - (8 * size));
}
