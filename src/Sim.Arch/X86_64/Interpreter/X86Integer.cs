using System.Buffers.Binary;
using System.Numerics;
using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>The instructions on general registers.</summary>
public sealed partial class X86Interpreter
{
    private void Execute(in Instruction i)
    {
        if (i.OpCount > 0 && IsVector(in i))
        {
            ExecuteVector(in i);
            return;
        }

        if (i.ConditionCode != ConditionCode.None && ExecuteConditional(in i))
        {
            return;
        }

        if (i.IsStringInstruction)
        {
            ExecuteString(in i);
            return;
        }

        int size = i.OpCount > 0 ? SizeOf(in i, 0) : 8;
        switch (i.Mnemonic)
        {
            case Mnemonic.Mov:
                WriteOperand(in i, 0, size, ReadOperand(in i, 1, size));
                break;
            case Mnemonic.Movzx:
                WriteOperand(in i, 0, size, ReadOperand(in i, 1, SizeOf(in i, 1)));
                break;
            case Mnemonic.Movsx or Mnemonic.Movsxd:
                WriteOperand(in i, 0, size, SignExtend(ReadOperand(in i, 1, SizeOf(in i, 1)), SizeOf(in i, 1)) & Mask(size));
                break;
            case Mnemonic.Lea:
                WriteOperand(in i, 0, size, LinearOf(in i) & Mask(size));
                break;
            case Mnemonic.Add:
                WriteOperand(in i, 0, size, Add(ReadTarget(in i, size), ReadOperand(in i, 1, size), 0, size));
                break;
            case Mnemonic.Xadd:
                ulong augend = ReadTarget(in i, size);
                ulong sum = Add(augend, ReadOperand(in i, 1, size), 0, size);
                WriteBoth(in i, size, sum, augend);
                break;
            case Mnemonic.Adc:
                WriteOperand(in i, 0, size, Add(ReadTarget(in i, size), ReadOperand(in i, 1, size), Carry, size));
                break;
            case Mnemonic.Sub:
                WriteOperand(in i, 0, size, Subtract(ReadTarget(in i, size), ReadOperand(in i, 1, size), 0, size));
                break;
            case Mnemonic.Sbb:
                WriteOperand(in i, 0, size, Subtract(ReadTarget(in i, size), ReadOperand(in i, 1, size), Carry, size));
                break;
            case Mnemonic.Cmp:
                Subtract(ReadOperand(in i, 0, size), ReadOperand(in i, 1, size), 0, size);
                break;
            case Mnemonic.And:
                WriteOperand(in i, 0, size, Logic(ReadTarget(in i, size) & ReadOperand(in i, 1, size), size));
                break;
            case Mnemonic.Or:
                WriteOperand(in i, 0, size, Logic(ReadTarget(in i, size) | ReadOperand(in i, 1, size), size));
                break;
            case Mnemonic.Xor:
                WriteOperand(in i, 0, size, Logic(ReadTarget(in i, size) ^ ReadOperand(in i, 1, size), size));
                break;
            case Mnemonic.Test:
                Logic(ReadOperand(in i, 0, size) & ReadOperand(in i, 1, size), size);
                break;
            case Mnemonic.Not:
                WriteOperand(in i, 0, size, ~ReadTarget(in i, size) & Mask(size));
                break;
            case Mnemonic.Neg:
                WriteOperand(in i, 0, size, Subtract(0, ReadTarget(in i, size), 0, size));
                break;
            case Mnemonic.Inc or Mnemonic.Dec:
                ulong carry = Carry;
                ulong one = ReadTarget(in i, size);
                ulong stepped = i.Mnemonic == Mnemonic.Inc ? Add(one, 1, 0, size) : Subtract(one, 1, 0, size);
                SetFlags(Cf, carry);
                WriteOperand(in i, 0, size, stepped);
                break;
            case Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar:
                WriteOperand(in i, 0, size, Shift(i.Mnemonic, ReadTarget(in i, size), (int)ReadOperand(in i, 1, 1), size));
                break;
            case Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr:
                WriteOperand(in i, 0, size, Rotate(i.Mnemonic, ReadTarget(in i, size), (int)ReadOperand(in i, 1, 1), size));
                break;
            case Mnemonic.Shld or Mnemonic.Shrd:
                DoubleShift(in i, size);
                break;
            case Mnemonic.Push:
                Push(SignExtend(ReadOperand(in i, 0, size), size) & Mask(Math.Max(size, i.StackPointerIncrement == -2 ? 2 : 8)), -i.StackPointerIncrement);
                break;
            case Mnemonic.Pop:
                // An address that uses the stack pointer uses the new one.
                ulong top = Pop(i.StackPointerIncrement);
                WriteOperand(in i, 0, size, top);
                break;
            case Mnemonic.Leave:
                _g[4] = _g[5];
                WriteRegister(i.Code == Code.Leavew ? Register.BP : Register.RBP, Pop(i.Code == Code.Leavew ? 2 : 8));
                break;
            case Mnemonic.Enter:
                Enter(in i);
                break;
            case Mnemonic.Call:
                Call(in i);
                break;
            case Mnemonic.Jmp:
                _next = Target(in i);
                break;
            case Mnemonic.Ret:
                ulong back = Canonical(Pop());
                _g[4] += i.OpCount > 0 ? i.GetImmediate(0) : 0;
                _next = back;
                break;
            case Mnemonic.Jrcxz or Mnemonic.Jecxz:
                _next = ReadRegister(i.Mnemonic == Mnemonic.Jrcxz ? Register.RCX : Register.ECX) == 0 ? i.NearBranchTarget : _next;
                break;
            case Mnemonic.Loop or Mnemonic.Loope or Mnemonic.Loopne:
                Register counter = i.Code is Code.Loop_rel8_64_ECX or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_64_ECX ? Register.ECX : Register.RCX;
                ulong left = ReadRegister(counter) - 1;
                WriteRegister(counter, left);
                bool goesOn = i.Mnemonic == Mnemonic.Loop || ((_flags & Zf) != 0) == (i.Mnemonic == Mnemonic.Loope);
                _next = ReadRegister(counter) != 0 && goesOn ? i.NearBranchTarget : _next;
                break;
            case Mnemonic.Xlatb:
                WriteRegister(Register.AL, Load(AddressOf(in i), 1));
                break;
            case Mnemonic.Cwde:
                WriteRegister(Register.EAX, SignExtend(_g[0], 2));
                break;
            case Mnemonic.Cbw:
                WriteRegister(Register.AX, SignExtend(_g[0], 1));
                break;
            case Mnemonic.Cdqe:
                _g[0] = SignExtend(_g[0], 4);
                break;
            case Mnemonic.Cwd:
                WriteRegister(Register.DX, (_g[0] & 0x8000) != 0 ? 0xffffUL : 0);
                break;
            case Mnemonic.Cdq:
                WriteRegister(Register.EDX, (_g[0] & 0x8000_0000) != 0 ? 0xffff_ffffUL : 0);
                break;
            case Mnemonic.Cqo:
                _g[2] = (ulong)((long)_g[0] >> 63);
                break;
            case Mnemonic.Xchg:
                ulong exchanged = ReadTarget(in i, size);
                WriteBoth(in i, size, ReadOperand(in i, 1, size), exchanged);
                break;
            case Mnemonic.Cmpxchg:
                CompareExchange(in i, size);
                break;
            case Mnemonic.Cmpxchg8b:
                CompareExchange8(in i);
                break;
            case Mnemonic.Cmpxchg16b:
                CompareExchange16(in i);
                break;
            case Mnemonic.Bswap:
                ulong swapped = ReadOperand(in i, 0, size);
                WriteOperand(in i, 0, size, size == 8 ? BinaryPrimitives.ReverseEndianness(swapped) : BinaryPrimitives.ReverseEndianness((uint)swapped));
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                BitTest(in i, size);
                break;
            case Mnemonic.Bsf or Mnemonic.Tzcnt or Mnemonic.Bsr or Mnemonic.Lzcnt:
                BitScan(in i, size);
                break;
            case Mnemonic.Mul or Mnemonic.Imul:
                Multiply(in i, size);
                break;
            case Mnemonic.Div or Mnemonic.Idiv:
                Divide(in i, size);
                break;
            case Mnemonic.Cld:
                SetFlags(Df, 0);
                break;
            case Mnemonic.Std:
                SetFlags(Df, Df);
                break;
            case Mnemonic.Clc:
                SetFlags(Cf, 0);
                break;
            case Mnemonic.Stc:
                SetFlags(Cf, Cf);
                break;
            case Mnemonic.Cmc:
                _flags ^= Cf;
                break;
            case Mnemonic.Lahf:
                WriteRegister(Register.AH, _flags & 0xff);
                break;
            case Mnemonic.Sahf:
                SetFlags(Cf | Pf | Af | Zf | Sf, ReadRegister(Register.AH));
                break;
            case Mnemonic.Pushfq:
                Push(_flags & ~0x10000UL);
                break;
            case Mnemonic.Pushf:
                Push(_flags & 0xffff, 2);
                break;
            case Mnemonic.Popfq or Mnemonic.Popf:
                const ulong Settable = (ulong)(X86Flags.Debugger & ~X86Flags.Rf) | 0x200000;
                bool isWord = i.Mnemonic == Mnemonic.Popf;
                SetFlags(Settable & (isWord ? 0xffffUL : ulong.MaxValue), Pop(isWord ? 2 : 8));
                break;
            case Mnemonic.Cpuid:
                Cpuid();
                break;
            case Mnemonic.Rdtsc:
                WriteRegister(Register.EAX, (uint)Executed);
                WriteRegister(Register.EDX, (ulong)Executed >> 32);
                break;
            case Mnemonic.Nop or Mnemonic.Endbr64 or Mnemonic.Endbr32 or Mnemonic.Wait or Mnemonic.Pause or Mnemonic.Mfence or Mnemonic.Lfence or Mnemonic.Sfence or
                Mnemonic.Prefetcht0 or Mnemonic.Prefetcht1 or Mnemonic.Prefetcht2 or Mnemonic.Prefetchnta or Mnemonic.Prefetchw or Mnemonic.Rdsspq:
                break;
            case Mnemonic.Clflush:
                Load(AddressOf(in i), 1);
                break;
            case Mnemonic.Movnti:
                Store(AddressOf(in i), size, ReadOperand(in i, 1, size));
                break;
            case Mnemonic.Fnstcw:
                const ulong UsualControl = 0x37f;
                Store(AddressOf(in i), 2, UsualControl);
                break;
            case Mnemonic.Stmxcsr:
                Store(AddressOf(in i), 4, _mxcsr);
                break;
            case Mnemonic.Ldmxcsr:
                ulong control = Load(AddressOf(in i), 4);
                _mxcsr = (control & ~(ulong)X86Fpu.MxcsrMask) == 0 ? (uint)control : throw GeneralProtection();
                break;
            case Mnemonic.Fldcw:
                // There is no x87 arithmetic that it would change.
                Load(AddressOf(in i), 2);
                break;
            case Mnemonic.Hlt or Mnemonic.Cli or Mnemonic.Sti or Mnemonic.In or Mnemonic.Out:
                throw GeneralProtection();
            default:
                throw Undefined();
        }
    }

    private bool ExecuteConditional(in Instruction i)
    {
        switch (i.FlowControl)
        {
            case FlowControl.ConditionalBranch when i.IsJccShortOrNear:
                _next = Holds(i.ConditionCode) ? i.NearBranchTarget : _next;
                return true;
            case FlowControl.Next when i.OpCount == 1:
                WriteOperand(in i, 0, 1, Holds(i.ConditionCode) ? 1UL : 0);
                return true;
            case FlowControl.Next when i.OpCount == 2:
                int size = SizeOf(in i, 0);
                ulong value = ReadOperand(in i, 1, size);
                WriteOperand(in i, 0, size, Holds(i.ConditionCode) ? value : ReadOperand(in i, 0, size));
                return true;
            default:
                return false;
        }
    }

    private ulong Target(in Instruction i) => i.GetOpKind(0) is OpKind.NearBranch64 or OpKind.NearBranch32 or OpKind.NearBranch16
        ? i.NearBranchTarget
        : Canonical(ReadOperand(in i, 0, 8));

    private void Call(in Instruction i)
    {
        ulong target = i.GetOpKind(0) is OpKind.Register or OpKind.Memory ? ReadOperand(in i, 0, 8) : i.NearBranchTarget;
        if (!IsCanonical(target))
        {
            // A stack that cannot be written is found first, but nothing is written.
            _stack = true;
            Store(_g[4] - 8, 8, LoadToWrite(_g[4] - 8, 8));
            throw GeneralProtection();
        }

        Push(_next);
        _next = target;
    }

    internal static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;

    /// <summary>A branch to an address that no program can have is a fault of the branch.</summary>
    private static ulong Canonical(ulong address)
        => IsCanonical(address) ? address : throw GeneralProtection();

    /// <summary>Writes the first operand of xadd or xchg, which may be memory, and then the second.</summary>
    private void WriteBoth(in Instruction i, int size, ulong first, ulong second)
    {
        if (i.GetOpKind(0) == OpKind.Memory)
        {
            WriteOperand(in i, 0, size, first);
            WriteOperand(in i, 1, size, second);
            return;
        }

        WriteOperand(in i, 1, size, second);
        WriteOperand(in i, 0, size, first);
    }

    private void Enter(in Instruction i)
    {
        int size = i.Code == Code.Enterw_imm16_imm8 ? 2 : 8;
        int level = i.Immediate8_2nd & 31;
        ulong frame = _g[5];
        Push(frame & Mask(size), size);
        ulong top = _g[4];
        for (int n = 1; n < level; n++)
        {
            frame -= (ulong)size;
            _stack = true;
            Push(Load(frame, size), size);
        }

        if (level > 0)
        {
            Push(top & Mask(size), size);
        }

        // A new stack pointer that could not be written to is a fault.
        _g[4] -= i.Immediate16;
        Store(_g[4], 1, LoadToWrite(_g[4], 1));
        WriteRegister(size == 2 ? Register.BP : Register.RBP, top);
    }

    private void DoubleShift(in Instruction i, int size)
    {
        int bits = 8 * size;
        int count = (int)ReadOperand(in i, 2, 1) & (size == 8 ? 63 : 31);
        ulong a = ReadTarget(in i, size);
        ulong b = ReadOperand(in i, 1, size);
        if (count == 0)
        {
            WriteOperand(in i, 0, size, a);
            return;
        }

        bool left = i.Mnemonic == Mnemonic.Shld;
        UInt128 both = left ? ((UInt128)a << bits) | b : ((UInt128)b << bits) | a;
        ulong result = (ulong)(left ? both >> (bits - count) : both >> count) & Mask(size);
        ulong carry = left ? (a >> (bits - count)) & 1 : (a >> (count - 1)) & 1;
        bool overflow = ((result ^ a) & Sign(size)) != 0;
        SetFlags(Cf | Pf | Zf | Sf | Of, ResultFlags(result, size) | carry | (overflow ? Of : 0));
        WriteOperand(in i, 0, size, result);
    }

    private void CompareExchange(in Instruction i, int size)
    {
        ulong found = ReadTarget(in i, size);
        Subtract(_g[0] & Mask(size), found, 0, size);
        bool equal = (_flags & Zf) != 0;
        if (equal || i.GetOpKind(0) == OpKind.Memory)
        {
            WriteOperand(in i, 0, size, equal ? ReadOperand(in i, 1, size) : found);
        }

        if (!equal)
        {
            WriteRegister(Register.RAX + 0, size == 8 ? found : size == 4 ? (uint)found : (_g[0] & ~Mask(size)) | found);
        }
    }

    private void CompareExchange8(in Instruction i)
    {
        ulong address = AddressOf(in i);
        ulong found = LoadToWrite(address, 8);
        bool isEqual = found == ((_g[2] << 32) | (uint)_g[0]);
        Store(address, 8, isEqual ? (_g[1] << 32) | (uint)_g[3] : found);
        SetFlags(Zf, isEqual ? Zf : 0);
        if (!isEqual)
        {
            WriteRegister(Register.EAX, found);
            WriteRegister(Register.EDX, found >> 32);
        }
    }

    /// <summary>cmpxchg16b, which insists on alignment.</summary>
    private void CompareExchange16(in Instruction i)
    {
        ulong address = AddressOf(in i);
        if ((address & 15) != 0)
        {
            throw GeneralProtection();
        }

        ulong low = LoadToWrite(address, 8);
        ulong high = LoadToWrite(address + 8, 8);
        bool isEqual = low == _g[0] && high == _g[2];
        StoreWide(address, isEqual ? ((UInt128)_g[1] << 64) | _g[3] : ((UInt128)high << 64) | low);
        SetFlags(Zf, isEqual ? Zf : 0);
        if (!isEqual)
        {
            _g[0] = low;
            _g[2] = high;
        }
    }

    private void BitTest(in Instruction i, int size)
    {
        ulong index = ReadOperand(in i, 1, SizeOf(in i, 1));
        bool isFar = i.GetOpKind(0) == OpKind.Memory && i.GetOpKind(1) == OpKind.Register;
        long offset = isFar ? ((long)SignExtend(index, size) >> BitOperations.Log2((uint)(8 * size))) * size : 0;
        ulong bit = 1UL << (int)(index & (ulong)((8 * size) - 1));
        ulong address = isFar ? AddressOf(in i, (ulong)offset) : 0;
        ulong value = i.Mnemonic == Mnemonic.Bt
            ? isFar ? Load(address, size) : ReadOperand(in i, 0, size)
            : isFar ? LoadToWrite(address, size) : ReadTarget(in i, size);
        ulong result = i.Mnemonic switch
        {
            Mnemonic.Bts => value | bit,
            Mnemonic.Btr => value & ~bit,
            Mnemonic.Btc => value ^ bit,
            _ => value,
        };
        if (i.Mnemonic != Mnemonic.Bt && isFar)
        {
            Store(address, size, result);
        }
        else if (i.Mnemonic != Mnemonic.Bt)
        {
            WriteOperand(in i, 0, size, result);
        }

        SetFlags(Cf, (value & bit) != 0 ? Cf : 0);
    }

    /// <summary>A baseline processor ignores the prefix of lzcnt and tzcnt.</summary>
    private void BitScan(in Instruction i, int size)
    {
        ulong value = ReadOperand(in i, 1, size);
        SetFlags(Zf, value == 0 ? Zf : 0);
        if (value != 0)
        {
            bool fromBelow = i.Mnemonic is Mnemonic.Bsf or Mnemonic.Tzcnt;
            WriteOperand(in i, 0, size, (ulong)(fromBelow ? BitOperations.TrailingZeroCount(value) : BitOperations.Log2(value)));
        }
    }

    /// <summary>Both halves of a product; sets the flags of mul and imul.</summary>
    private (ulong Low, ulong High) Product(ulong a, ulong b, bool signed, int size)
    {
        Int128 product = signed
            ? (Int128)(long)SignExtend(a, size) * (long)SignExtend(b, size)
            : (Int128)((UInt128)a * b);
        ulong low = (ulong)((UInt128)product & ulong.MaxValue) & Mask(size);
        ulong high = (ulong)((UInt128)product >> (8 * size)) & Mask(size);
        bool fits = signed ? product == (long)SignExtend(low, size) : high == 0;
        SetFlags(Cf | Of | Sf | Pf | Zf | Af, (fits ? 0 : Cf | Of) | ResultFlags(low, size));
        return (low, high);
    }

    private void Multiply(in Instruction i, int size)
    {
        bool signed = i.Mnemonic == Mnemonic.Imul;
        int first = i.OpCount == 3 ? 1 : 0;
        ulong a = i.OpCount == 1 ? _g[0] & Mask(size) : ReadOperand(in i, first, size);
        ulong b = ReadOperand(in i, i.OpCount == 1 ? 0 : first + 1, size);
        (ulong low, ulong high) = Product(a, b, signed, size);
        if (i.OpCount != 1)
        {
            WriteOperand(in i, 0, size, low);
        }
        else if (size == 1)
        {
            WriteRegister(Register.AX, low | (high << 8));
        }
        else
        {
            WriteRegister(OfSize(Register.RAX, size), low);
            WriteRegister(OfSize(Register.RDX, size), high);
        }
    }

    private void Divide(in Instruction i, int size)
    {
        ulong divisor = ReadOperand(in i, 0, size);
        UInt128 dividend = size == 1
            ? _g[0] & 0xffff
            : ((UInt128)(_g[2] & Mask(size)) << (8 * size)) | (_g[0] & Mask(size));
        if (divisor == 0)
        {
            throw DivideError();
        }

        ulong quotient;
        ulong rest;
        if (i.Mnemonic == Mnemonic.Div)
        {
            UInt128 whole = dividend / divisor;
            if (whole > Mask(size))
            {
                throw DivideError();
            }

            quotient = (ulong)whole;
            rest = (ulong)(dividend % divisor);
        }
        else
        {
            int shift = 128 - (16 * size);
            Int128 numerator = (Int128)(dividend << shift) >> shift;
            long denominator = (long)SignExtend(divisor, size);
            if (denominator == -1 && numerator == Int128.MinValue)
            {
                throw DivideError();
            }

            Int128 whole = numerator / denominator;
            if (whole > (Int128)(Sign(size) - 1) || whole < -(Int128)Sign(size))
            {
                throw DivideError();
            }

            quotient = (ulong)(long)whole & Mask(size);
            rest = (ulong)(long)(numerator % denominator) & Mask(size);
        }

        if (size == 1)
        {
            WriteRegister(Register.AX, quotient | (rest << 8));
            return;
        }

        WriteRegister(OfSize(Register.RAX, size), quotient);
        WriteRegister(OfSize(Register.RDX, size), rest);
    }

    private static Register OfSize(Register register, int size) => size switch
    {
        8 => register,
        4 => register - Register.RAX + Register.EAX,
        _ => register - Register.RAX + Register.AX,
    };

    /// <summary>A baseline x86_64: SSE2, cmov, cx8, fxsr, and nothing newer.</summary>
    private void Cpuid()
    {
        const uint CompareExchange16Feature = 1 << 13;
        (uint a, uint b, uint c, uint d) = (uint)_g[0] switch
        {
            0 => (1u, 0x756e6547u, 0x6c65746eu, 0x49656e69u),
            1 => (0x0000_0f00u, 0u, CompareExchange16Feature, 0x0780_8111u),
            0x8000_0000 => (0x8000_0001u, 0u, 0u, 0u),
            0x8000_0001 => (0u, 0u, 1u, 0x2010_0800u),
            _ => (0u, 0u, 0u, 0u),
        };
        (_g[0], _g[3], _g[1], _g[2]) = (a, b, c, d);
    }
}
