using System.Numerics;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>What arithmetic does to the flags, and what conditions read of them.</summary>
public sealed partial class X86Interpreter
{
    private void SetFlags(ulong mask, ulong value) => _flags = (_flags & ~mask) | (value & mask);

    private static ulong ResultFlags(ulong result, int size)
        => (result == 0 ? Zf : 0) | ((result & Sign(size)) != 0 ? Sf : 0) |
            ((BitOperations.PopCount(result & 0xff) & 1) == 0 ? Pf : 0);

    private ulong Add(ulong a, ulong b, ulong carry, int size)
    {
        ulong result = (a + b + carry) & Mask(size);
        ulong sign = Sign(size);
        ulong carries = (a & b) | ((a | b) & ~result);
        SetFlags(
            Cf | Pf | Af | Zf | Sf | Of,
            ResultFlags(result, size) | ((carries & sign) != 0 ? Cf : 0) | ((a ^ b ^ result) & Af) |
            (((a ^ result) & (b ^ result) & sign) != 0 ? Of : 0));
        return result;
    }

    private ulong Subtract(ulong a, ulong b, ulong borrow, int size)
    {
        ulong result = (a - b - borrow) & Mask(size);
        ulong sign = Sign(size);
        ulong borrows = (~a & b) | ((~a | b) & result);
        SetFlags(
            Cf | Pf | Af | Zf | Sf | Of,
            ResultFlags(result, size) | ((borrows & sign) != 0 ? Cf : 0) | ((a ^ b ^ result) & Af) |
            (((a ^ b) & (a ^ result) & sign) != 0 ? Of : 0));
        return result;
    }

    private ulong Logic(ulong result, int size)
    {
        SetFlags(Cf | Pf | Af | Zf | Sf | Of, ResultFlags(result, size));
        return result;
    }

    private ulong Carry => _flags & Cf;

    /// <summary>The condition of the low four bits of an opcode.</summary>
    private bool Holds(Iced.Intel.ConditionCode condition)
    {
        bool less = ((_flags & Sf) != 0) != ((_flags & Of) != 0);
        return condition switch
        {
            Iced.Intel.ConditionCode.o => (_flags & Of) != 0,
            Iced.Intel.ConditionCode.no => (_flags & Of) == 0,
            Iced.Intel.ConditionCode.b => (_flags & Cf) != 0,
            Iced.Intel.ConditionCode.ae => (_flags & Cf) == 0,
            Iced.Intel.ConditionCode.e => (_flags & Zf) != 0,
            Iced.Intel.ConditionCode.ne => (_flags & Zf) == 0,
            Iced.Intel.ConditionCode.be => (_flags & (Cf | Zf)) != 0,
            Iced.Intel.ConditionCode.a => (_flags & (Cf | Zf)) == 0,
            Iced.Intel.ConditionCode.s => (_flags & Sf) != 0,
            Iced.Intel.ConditionCode.ns => (_flags & Sf) == 0,
            Iced.Intel.ConditionCode.p => (_flags & Pf) != 0,
            Iced.Intel.ConditionCode.np => (_flags & Pf) == 0,
            Iced.Intel.ConditionCode.l => less,
            Iced.Intel.ConditionCode.ge => !less,
            Iced.Intel.ConditionCode.le => less || (_flags & Zf) != 0,
            Iced.Intel.ConditionCode.g => !less && (_flags & Zf) == 0,
            _ => throw Undefined(),
        };
    }

    private ulong Shift(Iced.Intel.Mnemonic kind, ulong a, int count, int size)
    {
        int bits = 8 * size;
        count &= size == 8 ? 63 : 31;
        if (count == 0)
        {
            return a;
        }

        ulong result;
        ulong carry;
        if (kind is Iced.Intel.Mnemonic.Shl or Iced.Intel.Mnemonic.Sal)
        {
            result = (count >= bits ? 0 : a << count) & Mask(size);
            carry = count > bits ? 0 : (a >> (bits - count)) & 1;
        }
        else if (kind == Iced.Intel.Mnemonic.Shr)
        {
            result = count >= bits ? 0 : a >> count;
            carry = count > bits ? 0 : (a >> (count - 1)) & 1;
        }
        else
        {
            long signed = (long)SignExtend(a, size);
            result = (ulong)(signed >> Math.Min(count, 63)) & Mask(size);
            carry = (ulong)(signed >> Math.Min(count - 1, 63)) & 1;
        }

        bool overflow = kind == Iced.Intel.Mnemonic.Shr
            ? (a & Sign(size)) != 0
            : kind != Iced.Intel.Mnemonic.Sar && ((result & Sign(size)) != 0) != (carry != 0);

        // AF is undefined; it does not depend on what was before, since that may never be computed.
        SetFlags(Cf | Pf | Af | Zf | Sf | Of, ResultFlags(result, size) | carry | (overflow ? Of : 0));
        return result;
    }

    private ulong Rotate(Iced.Intel.Mnemonic kind, ulong a, int count, int size)
    {
        int bits = 8 * size;
        count &= size == 8 ? 63 : 31;
        if (count == 0)
        {
            return a;
        }

        ulong result = a;
        bool left = kind is Iced.Intel.Mnemonic.Rol or Iced.Intel.Mnemonic.Rcl;
        bool through = kind is Iced.Intel.Mnemonic.Rcl or Iced.Intel.Mnemonic.Rcr;
        ulong carry = Carry;
        for (int i = 0; i < count; i++)
        {
            ulong leaving = left ? (result >> (bits - 1)) & 1 : result & 1;
            ulong entering = through ? carry : leaving;
            result = left ? ((result << 1) | entering) & Mask(size) : (result >> 1) | (entering << (bits - 1));
            carry = leaving;
        }

        ulong top = (result >> (bits - 1)) & 1;
        ulong overflow = left ? top ^ carry : top ^ ((result >> (bits - 2)) & 1);
        SetFlags(Cf | Of, carry | (overflow != 0 ? Of : 0));
        return result;
    }
}
