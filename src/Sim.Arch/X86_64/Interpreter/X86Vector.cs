using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>SSE2: moves, integers and scalar floating point.</summary>
public sealed partial class X86Interpreter
{
    private static bool IsXmm(Register register) => register is >= Register.XMM0 and <= Register.XMM15;

    private static bool IsVector(in Instruction i)
        => (i.GetOpKind(0) == OpKind.Register && IsXmm(i.GetOpRegister(0))) ||
            (i.OpCount > 1 && i.GetOpKind(1) == OpKind.Register && IsXmm(i.GetOpRegister(1))) ||
            i.Mnemonic is Mnemonic.Cvttsd2si or Mnemonic.Cvtsd2si or Mnemonic.Cvttss2si or Mnemonic.Cvtss2si;

    private UInt128 Xmm(Register register)
    {
        int at = 2 * (register - Register.XMM0);
        return new UInt128(_xmm[at + 1], _xmm[at]);
    }

    private void SetXmm(Register register, UInt128 value)
    {
        int at = 2 * (register - Register.XMM0);
        _xmm[at] = (ulong)value;
        _xmm[at + 1] = (ulong)(value >> 64);
    }

    private UInt128 LoadWide(ulong address)
    {
        ulong low = Load(address, 8);
        return new UInt128(Load(address + 8, 8), low);
    }

    private void StoreWide(ulong address, UInt128 value)
    {
        // Both halves or none.
        ulong old = LoadToWrite(address, 8);
        Store(address, 8, (ulong)value);
        ulong high = (ulong)(value >> 64);
        AccessFault fault = _tlb.TryWrite(address + 8, 8, high) ? default : StoreTheLongWay(address + 8, 8, high);
        if (fault.Signal != 0)
        {
            Store(address, 8, old);
            throw Faulted(fault);
        }
    }

    private UInt128 ReadVector(in Instruction i, int operand, int size = 16)
    {
        OpKind kind = i.GetOpKind(operand);
        if (kind == OpKind.Register)
        {
            Register register = i.GetOpRegister(operand);
            UInt128 whole = IsXmm(register) ? Xmm(register) : ReadRegister(register);
            return size >= 16 ? whole : whole & Mask(size);
        }

        return kind != OpKind.Memory ? i.GetImmediate(operand)
            : size < 16 ? Load(AddressOf(in i), size)
            : IsAligned(in i, AddressOf(in i)) ? LoadWide(AddressOf(in i)) : throw GeneralProtection();
    }

    private static bool IsAligned(in Instruction i, ulong address) => (address & 15) == 0 ||
        i.Mnemonic is Mnemonic.Movdqu or Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Lddqu;

    private void ExecuteVector(in Instruction i)
    {
        if (i.GetOpKind(0) == OpKind.Register && i.GetOpRegister(0).IsVectorRegister() && !IsXmm(i.GetOpRegister(0)))
        {
            throw Undefined();
        }

        if (!TryMove(in i) && !TryFloat(in i) && !TryPacked(in i))
        {
            throw Undefined();
        }
    }

    private bool TryMove(in Instruction i)
    {
        bool toRegister = i.GetOpKind(0) == OpKind.Register;
        switch (i.Mnemonic)
        {
            case Mnemonic.Movdqa or Mnemonic.Movdqu or Mnemonic.Movaps or Mnemonic.Movups or Mnemonic.Movapd or
                Mnemonic.Movupd or Mnemonic.Movntdq or Mnemonic.Movntps or Mnemonic.Movntpd:
                WriteVector(in i, ReadVector(in i, 1));
                return true;
            case Mnemonic.Movd or Mnemonic.Movq:
                int size = i.Mnemonic == Mnemonic.Movq || SizeOf(in i, 0) == 8 || SizeOf(in i, 1) == 8 ? 8 : 4;
                UInt128 value = ReadVector(in i, 1, size);
                if (toRegister && IsXmm(i.GetOpRegister(0)))
                {
                    SetXmm(i.GetOpRegister(0), value);
                }
                else
                {
                    WriteOperand(in i, 0, size, (ulong)value);
                }

                return true;
            case Mnemonic.Movsd or Mnemonic.Movss:
                int width = i.Mnemonic == Mnemonic.Movsd ? 8 : 4;
                UInt128 scalar = ReadVector(in i, 1, width);
                if (!toRegister)
                {
                    Store(AddressOf(in i), width, (ulong)scalar);
                }
                else if (i.GetOpKind(1) == OpKind.Memory)
                {
                    SetXmm(i.GetOpRegister(0), scalar);
                }
                else
                {
                    SetLow(i.GetOpRegister(0), width, scalar);
                }

                return true;
            case Mnemonic.Maskmovdqu:
                StoreMasked(in i);
                return true;
            case Mnemonic.Movlps or Mnemonic.Movlpd or Mnemonic.Movhps or Mnemonic.Movhpd:
                int shift = i.Mnemonic is Mnemonic.Movlps or Mnemonic.Movlpd ? 0 : 64;
                if (!toRegister)
                {
                    Store(AddressOf(in i), 8, (ulong)(Xmm(i.GetOpRegister(1)) >> shift));
                }
                else
                {
                    SetHalf(i.GetOpRegister(0), shift, Load(AddressOf(in i), 8));
                }

                return true;
            case Mnemonic.Movhlps:
                SetHalf(i.GetOpRegister(0), 0, (ulong)(Xmm(i.GetOpRegister(1)) >> 64));
                return true;
            case Mnemonic.Movlhps:
                SetHalf(i.GetOpRegister(0), 64, (ulong)Xmm(i.GetOpRegister(1)));
                return true;
            default:
                return false;
        }
    }

    private void WriteVector(in Instruction i, UInt128 value)
    {
        if (i.GetOpKind(0) == OpKind.Register)
        {
            SetXmm(i.GetOpRegister(0), value);
            return;
        }

        ulong address = AddressOf(in i);
        if (!IsAligned(in i, address))
        {
            throw GeneralProtection();
        }

        StoreWide(address, value);
    }

    /// <summary>maskmovdqu: the bytes whose mask has its first bit.</summary>
    private void StoreMasked(in Instruction i)
    {
        ulong address = (i.GetOpKind(0) == OpKind.MemorySegEDI ? (uint)_g[7] : _g[7]) +
            (i.SegmentPrefix switch { Register.FS => _fsBase, Register.GS => _gsBase, _ => 0 });
        UInt128 value = Xmm(i.GetOpRegister(1));
        UInt128 mask = Xmm(i.GetOpRegister(2));
        for (int pass = 0; pass < 2; pass++)
        {
            for (int n = 0; n < 16; n++)
            {
                if (((mask >> ((8 * n) + 7)) & 1) != 0)
                {
                    // The first pass writes what is there, so that all bytes are written or none.
                    ulong at = address + (ulong)n;
                    Store(at, 1, pass == 0 ? Load(at, 1) : (byte)(value >> (8 * n)));
                }
            }
        }
    }

    private void SetHalf(Register register, int shift, ulong value)
        => _xmm[(2 * (register - Register.XMM0)) + (shift == 0 ? 0 : 1)] = value;

    private void SetLow(Register register, int size, UInt128 value)
        => SetXmm(register, size == 16 ? value : (Xmm(register) & ~(UInt128)Mask(size)) | value);
}
