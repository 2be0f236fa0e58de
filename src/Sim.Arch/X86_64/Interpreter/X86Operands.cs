using System.Runtime.CompilerServices;
using Iced.Intel;
using static Sim.Arch.X86_64.X86Registers;
using Cpu = Sim.Machine.Processors.Cpu;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>Registers, memory and operands.</summary>
public sealed partial class X86Interpreter
{
    private const ulong Cf = 1;
    private const ulong Pf = 4;
    private const ulong Af = 0x10;
    private const ulong Zf = 0x40;
    private const ulong Sf = 0x80;
    private const ulong Tf = 0x100;
    private const ulong Df = 0x400;
    private const ulong Of = 0x800;
    private const ulong Fixed = 2;

    /// <summary>Byte 160 of the FXSAVE image.</summary>
    private const int FirstXmm = FxSave + 20;

    /// <summary>The general registers, and one that is always 0.</summary>
    private readonly ulong[] _g = new ulong[17];

    private readonly ulong[] _xmm = new ulong[32];
    private ulong _flags;
    private ulong _flagsBefore;
    private ulong _stackBefore;
    private bool _stack;
    private ulong _fsBase;
    private ulong _gsBase;

    private static ReadOnlySpan<byte> Places =>
        [Ax, Cx, Dx, Bx, Sp, Bp, Si, Di, R8, R9, R10, R11, R12, R13, R14, R15];

    private void Take(Cpu cpu, RegisterFile regs)
    {
        for (int i = 0; i < 16; i++)
        {
            _g[i] = regs.Get(cpu, Places[i]);
        }

        for (int i = 0; i < 32; i++)
        {
            _xmm[i] = regs.Get(cpu, FirstXmm + i);
        }

        _mxcsr = X86Fpu.Half(cpu, regs, X86Fpu.Mxcsr);
        _ip = regs.Get(cpu, Ip);
        _flags = regs.Get(cpu, Flags) | Fixed;
        _fsBase = X86Segments.GetFsBase(cpu, regs);
        _gsBase = X86Segments.GetGsBase(cpu, regs);
    }

    private void Put(Cpu cpu, RegisterFile regs)
    {
        for (int i = 0; i < 16; i++)
        {
            if (regs.Get(cpu, Places[i]) != _g[i])
            {
                regs.Set(cpu, Places[i], _g[i]);
            }
        }

        for (int i = 0; i < 32; i++)
        {
            if (regs.Get(cpu, FirstXmm + i) != _xmm[i])
            {
                X86Fpu.Use(cpu, regs);
                regs.Set(cpu, FirstXmm + i, _xmm[i]);
            }
        }

        if (X86Fpu.Half(cpu, regs, X86Fpu.Mxcsr) != _mxcsr)
        {
            X86Fpu.PutHalf(cpu, regs, X86Fpu.Mxcsr, _mxcsr);
        }

        regs.Set(cpu, Ip, _ip);
        regs.Set(cpu, Flags, _flags);
    }

    /// <summary>The bits of an operand of so many bytes.</summary>
    internal static ulong Mask(int size) => size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;

    private static ulong Sign(int size) => 1UL << ((8 * size) - 1);

    private static ulong SignExtend(ulong value, int size) => (ulong)((long)(value << (64 - (8 * size))) >> (64 - (8 * size)));

    private ulong ReadRegister(Register register)
    {
        if (register is >= Register.RAX and <= Register.R15)
        {
            return _g[register - Register.RAX];
        }

        if (register is >= Register.EAX and <= Register.R15D)
        {
            return (uint)_g[register - Register.EAX];
        }

        if (register is >= Register.AX and <= Register.R15W)
        {
            return (ushort)_g[register - Register.AX];
        }

        if (register is >= Register.AL and <= Register.R15L)
        {
            int index = register - Register.AL;
            return index < 4 ? (byte)_g[index] : index < 8 ? (byte)(_g[index - 4] >> 8) : (byte)_g[index - 4];
        }

        throw Undefined();
    }

    private void WriteRegister(Register register, ulong value)
    {
        if (register is >= Register.RAX and <= Register.R15)
        {
            _g[register - Register.RAX] = value;
        }
        else if (register is >= Register.EAX and <= Register.R15D)
        {
            _g[register - Register.EAX] = (uint)value;
        }
        else if (register is >= Register.AX and <= Register.R15W)
        {
            ref ulong word = ref _g[register - Register.AX];
            word = (word & ~0xffffUL) | (ushort)value;
        }
        else if (register is >= Register.AL and <= Register.R15L)
        {
            int index = register - Register.AL;
            bool high = index is >= 4 and < 8;
            ref ulong word = ref _g[index < 4 ? index : index - 4];
            word = high ? (word & ~0xff00UL) | ((value & 0xff) << 8) : (word & ~0xffUL) | (byte)value;
        }
        else
        {
            throw Undefined();
        }
    }

    private static int SizeOf(in Instruction i, int operand) => i.GetOpKind(operand) == OpKind.Register
        ? i.GetOpRegister(operand).GetSize()
        : i.GetOpKind(operand) == OpKind.Memory ? i.MemorySize.GetSize() : operand == 0 ? 8 : SizeOf(in i, 0);

    private ulong AddressOf(in Instruction i, ulong offset = 0)
    {
        ulong address = LinearOf(in i, offset);
        Register segment = i.MemorySegment;
        _stack = segment == Register.SS;
        return segment switch
        {
            Register.FS => address + _fsBase,
            Register.GS => address + _gsBase,
            _ => address,
        };
    }

    /// <summary>The offset alone: what lea computes.</summary>
    private ulong LinearOf(in Instruction i, ulong offset = 0)
    {
        ulong address = i.MemoryDisplacement64 + offset;
        Register first = i.MemoryBase;
        Register second = i.MemoryIndex;
        if (first is not (Register.None or Register.RIP or Register.EIP))
        {
            address += ReadRegister(first);
        }

        if (second != Register.None)
        {
            address += ReadRegister(second) * (ulong)i.MemoryIndexScale;
        }

        bool narrow = first is Register.EIP or (>= Register.EAX and <= Register.R15D) ||
            second is >= Register.EAX and <= Register.R15D || (first == Register.None && second == Register.None && i.MemoryDisplSize == 4 && i.MemoryDisplacement64 >> 32 == 0);
        return narrow ? (uint)address : address;
    }

    private ulong ReadOperand(in Instruction i, int operand, int size) => i.GetOpKind(operand) switch
    {
        OpKind.Register => ReadRegister(i.GetOpRegister(operand)),
        OpKind.Memory => Load(AddressOf(in i), size),
        _ => i.GetImmediate(operand) & Mask(size),
    };

    /// <summary>The first operand, which is written as well.</summary>
    private ulong ReadTarget(in Instruction i, int size) => i.GetOpKind(0) == OpKind.Register
        ? ReadRegister(i.GetOpRegister(0))
        : LoadToWrite(AddressOf(in i), size);

    private void WriteOperand(in Instruction i, int operand, int size, ulong value)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
        {
            WriteRegister(i.GetOpRegister(operand), value);
        }
        else
        {
            Store(AddressOf(in i), size, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Load(ulong address, int size)
    {
        if (_tlb.TryRead(address, size, out ulong value))
        {
            return value;
        }

        AccessFault fault = LoadTheLongWay(address, size, out value);
        return fault.Signal == 0 ? value : throw Faulted(fault);
    }

    /// <summary>The processor looks first whether what it reads may be written: it is the fault of a write.</summary>
    private ulong LoadToWrite(ulong address, int size)
    {
        if (_tlb.TryRead(address, size, out ulong value))
        {
            return value;
        }

        AccessFault fault = LoadTheLongWay(address, size, out value);
        return fault.Signal == 0 ? value : throw Faulted(StoreTheLongWay(address, size, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(ulong address, int size, ulong value)
    {
        if (!_tlb.TryWrite(address, size, value))
        {
            AccessFault fault = StoreTheLongWay(address, size, value);
            if (fault.Signal != 0)
            {
                throw Faulted(fault);
            }
        }
    }

    private AccessFault LoadTheLongWay(ulong address, int size, out ulong value)
    {
        _trust++;
        return _memory.Load(_cpu, address, size, _g[4], out value);
    }

    /// <summary>Every write to code comes here, whatever address it goes by: the block that is being executed ends.</summary>
    private AccessFault StoreTheLongWay(ulong address, int size, ulong value)
    {
        _trust++;
        _leavesBlock = true;
        _codeWritten |= address + (ulong)size > _blockStart && address < _blockEnd;
        return _memory.Store(_cpu, address, size, _g[4], value & Mask(size));
    }

    private X86Fault Faulted(AccessFault fault)
        => fault.Code != SiKernel ? new X86Fault(fault, 14)
            : _stack ? new X86Fault(new AccessFault(Sigbus, SiKernel, 0), 12)
            : GeneralProtection();

    private void Push(ulong value, int size = 8)
    {
        _stack = true;
        Store(_g[4] - (ulong)size, size, value);
        _g[4] -= (ulong)size;
    }

    private ulong Pop(int size = 8)
    {
        _stack = true;
        ulong value = Load(_g[4], size);
        _g[4] += (ulong)size;
        return value;
    }
}
