using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Integer instructions.</summary>
public sealed partial class PowerPcInterpreter
{
#pragma warning disable IDE0010, MA0051 // one case for each operation
    /// <summary>Executes an instruction; the frequent ones, which <see cref="RunSlice"/> executes in every form, do not come here.</summary>
    /// <returns>False when it stops the interpreter; nothing of it has happened then.</returns>
    private bool Execute(in PowerPcInstruction i)
    {
        switch (i.Op)
        {
            case PowerPcOp.Add:
                return Sum(in i, G(i.A), G(i.B), 0);
            case PowerPcOp.SubtractFrom:
                return Sum(in i, ~G(i.A), G(i.B), 1);
            case PowerPcOp.Negate:
                return Sum(in i, ~G(i.A), 0, 1);
            case PowerPcOp.AndComplement:
                return Logic(in i, G(i.T) & ~G(i.B));
            case PowerPcOp.OrComplement:
                return Logic(in i, G(i.T) | ~G(i.B));
            case PowerPcOp.Nor:
                return Logic(in i, ~(G(i.T) | G(i.B)));
            case PowerPcOp.Nand:
                return Logic(in i, ~(G(i.T) & G(i.B)));
            case PowerPcOp.Equivalent:
                return Logic(in i, ~(G(i.T) ^ G(i.B)));
            case PowerPcOp.ExtendByte:
                return Logic(in i, (ulong)(sbyte)G(i.T));
            case PowerPcOp.ExtendHalf:
                return Logic(in i, (ulong)(short)G(i.T));
            case PowerPcOp.RotateWordByRegister:
                return Logic(in i, RotatedWord(G(i.T), (int)G(i.B) & 31) & i.Mask);
            case PowerPcOp.RotateWordInsert:
                return Logic(in i, (RotatedWord(G(i.T), i.B) & i.Mask) | (G(i.A) & ~i.Mask));
            case PowerPcOp.RotateDoubleByRegister:
                return Logic(in i, BitOperations.RotateLeft(G(i.T), (int)G(i.B) & 63) & i.Mask);
            case PowerPcOp.RotateDoubleInsert:
                return Logic(in i, (BitOperations.RotateLeft(G(i.T), i.B) & i.Mask) | (G(i.A) & ~i.Mask));
            case <= PowerPcOp.StoreFloatWord:
                return ExecuteAccess(in i);
            case <= PowerPcOp.DivideDoubleExtendedUnsigned:
                return ExecuteArithmetic(in i);
            case <= PowerPcOp.RotateDoubleInsert:
                return ExecuteLogic(in i);
            case <= PowerPcOp.InstructionSync:
                return ExecuteSystem(in i);
            default:
                return ExecuteFloat(in i);
        }
    }

    private bool ExecuteArithmetic(in PowerPcInstruction i)
    {
        switch (i.Op)
        {
            case PowerPcOp.AddImmediateCarrying:
                return SumCarrying(in i, G(i.A), (ulong)i.Immediate, 0);
            case PowerPcOp.SubtractFromImmediate:
                return SumCarrying(in i, ~G(i.A), (ulong)i.Immediate, 1);
            case PowerPcOp.AddCarrying:
                return SumCarrying(in i, G(i.A), G(i.B), 0);
            case PowerPcOp.SubtractFromCarrying:
                return SumCarrying(in i, ~G(i.A), G(i.B), 1);
            case PowerPcOp.AddExtended:
                return SumCarrying(in i, G(i.A), G(i.B), Carry);
            case PowerPcOp.SubtractFromExtended:
                return SumCarrying(in i, ~G(i.A), G(i.B), Carry);
            case PowerPcOp.AddToMinusOne:
                return SumCarrying(in i, G(i.A), ulong.MaxValue, Carry);
            case PowerPcOp.SubtractFromMinusOne:
                return SumCarrying(in i, ~G(i.A), ulong.MaxValue, Carry);
            case PowerPcOp.AddToZero:
                return SumCarrying(in i, G(i.A), 0, Carry);
            case PowerPcOp.SubtractFromZero:
                return SumCarrying(in i, ~G(i.A), 0, Carry);
            case PowerPcOp.MultiplyImmediate:
                G(i.T) = G(i.A) * (ulong)i.Immediate;
                return true;
            case PowerPcOp.MultiplyWord:
                long product = (long)(int)G(i.A) * (int)G(i.B);
                return Result(in i, (ulong)product, product != (int)product);
            case PowerPcOp.MultiplyHighWord:
                return Result(in i, (uint)(((long)(int)G(i.A) * (int)G(i.B)) >> 32), false);
            case PowerPcOp.MultiplyHighWordUnsigned:
                return Result(in i, ((G(i.A) & uint.MaxValue) * (G(i.B) & uint.MaxValue)) >> 32, false);
            case PowerPcOp.MultiplyDouble:
                long high = Math.BigMul((long)G(i.A), (long)G(i.B), out long low);
                return Result(in i, (ulong)low, high != low >> 63);
            case PowerPcOp.MultiplyHighDouble:
                return Result(in i, (ulong)Math.BigMul((long)G(i.A), (long)G(i.B), out long _), false);
            case PowerPcOp.MultiplyHighDoubleUnsigned:
                return Result(in i, Math.BigMul(G(i.A), G(i.B), out _), false);
            case PowerPcOp.DivideWord:
                return Quotient(in i, (int)G(i.A), (int)G(i.B), 32);
            case PowerPcOp.DivideDouble:
                return Quotient(in i, (long)G(i.A), (long)G(i.B), 64);
            case PowerPcOp.DivideWordExtended:
                return Quotient(in i, (Int128)(int)G(i.A) << 32, (int)G(i.B), 32);
            case PowerPcOp.DivideDoubleExtended:
                return Quotient(in i, (Int128)(long)G(i.A) << 64, (long)G(i.B), 64);
            case PowerPcOp.DivideWordUnsigned:
                return QuotientUnsigned(in i, (uint)G(i.A), (uint)G(i.B));
            case PowerPcOp.DivideDoubleUnsigned:
                return QuotientUnsigned(in i, G(i.A), G(i.B));
            case PowerPcOp.DivideWordExtendedUnsigned:
                return QuotientUnsigned(in i, (UInt128)(uint)G(i.A) << 32, (uint)G(i.B), 32);
            default:
                return QuotientUnsigned(in i, (UInt128)G(i.A) << 64, G(i.B), 64);
        }
    }

    private bool ExecuteLogic(in PowerPcInstruction i)
    {
        switch (i.Op)
        {
            case PowerPcOp.Select:
                G(i.T) = CrBit(i.C) != 0 ? G(i.A) : G(i.B);
                return true;
            case PowerPcOp.CountLeadingZerosWord:
                return Logic(in i, (ulong)BitOperations.LeadingZeroCount((uint)G(i.T)));
            case PowerPcOp.CountLeadingZerosDouble:
                return Logic(in i, (ulong)BitOperations.LeadingZeroCount(G(i.T)));
            case PowerPcOp.PopulationCountBytes:
                return Logic(in i, ByByte(G(i.T), 0, static (value, _) => (byte)BitOperations.PopCount(value)));
            case PowerPcOp.PopulationCountWords:
                return Logic(in i, ByWord(G(i.T), static word => (uint)BitOperations.PopCount(word)));
            case PowerPcOp.PopulationCountDouble:
                return Logic(in i, (ulong)BitOperations.PopCount(G(i.T)));
            case PowerPcOp.ParityWord:
                return Logic(in i, ByWord(G(i.T), static word => (uint)BitOperations.PopCount(word & 0x0101_0101) & 1));
            case PowerPcOp.ParityDouble:
                return Logic(in i, (ulong)BitOperations.PopCount(G(i.T) & 0x0101_0101_0101_0101) & 1);
            case PowerPcOp.CompareBytes:
                return Logic(in i, ByByte(G(i.T), G(i.B), static (one, other) => one == other ? (byte)0xff : (byte)0));
            case PowerPcOp.PermuteBits:
                return Logic(in i, PermutedBits(G(i.T), G(i.B)));
            case PowerPcOp.ShiftLeftWord:
                return Logic(in i, (G(i.B) & 32) != 0 ? 0 : (uint)G(i.T) << ((int)G(i.B) & 31));
            case PowerPcOp.ShiftRightWord:
                return Logic(in i, (G(i.B) & 32) != 0 ? 0 : (uint)G(i.T) >> ((int)G(i.B) & 31));
            case PowerPcOp.ShiftRightAlgebraicWord:
                return ShiftAlgebraic(in i, (int)G(i.T), (int)G(i.B) & 63);
            case PowerPcOp.ShiftRightAlgebraicWordImmediate:
                return ShiftAlgebraic(in i, (int)G(i.T), i.B);
            case PowerPcOp.ShiftLeftDouble:
                return Logic(in i, (G(i.B) & 64) != 0 ? 0 : G(i.T) << ((int)G(i.B) & 63));
            case PowerPcOp.ShiftRightDouble:
                return Logic(in i, (G(i.B) & 64) != 0 ? 0 : G(i.T) >> ((int)G(i.B) & 63));
            case PowerPcOp.ShiftRightAlgebraicDouble:
                return ShiftAlgebraic(in i, (long)G(i.T), (int)G(i.B) & 127);
            default:
                return ShiftAlgebraic(in i, (long)G(i.T), i.B);
        }
    }

#pragma warning restore IDE0010, MA0051

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Logic(in PowerPcInstruction i, ulong value)
    {
        G(i.A) = value;
        if (i.Records)
        {
            Record(value);
        }

        return true;
    }

    /// <summary>A sum of two operands and a carry; a subtraction is the sum with a complement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Sum(in PowerPcInstruction i, ulong left, ulong right, ulong carry)
    {
        ulong sum = left + right + carry;
        G(i.T) = sum;
        if ((i.Variant & (PowerPcVariant.Record | PowerPcVariant.Overflow)) != PowerPcVariant.None)
        {
            FinishSum(in i, left, right, sum);
        }

        return true;
    }

    private bool SumCarrying(in PowerPcInstruction i, ulong left, ulong right, ulong carry)
    {
        ulong sum = left + right + carry;
        SetCarry(_isWide
            ? sum < left || (carry != 0 && sum == left)
            : (ulong)(uint)left + (uint)right + carry > uint.MaxValue);
        G(i.T) = sum;
        FinishSum(in i, left, right, sum);
        return true;
    }

    private void FinishSum(in PowerPcInstruction i, ulong left, ulong right, ulong sum)
    {
        if (i.Overflows)
        {
            ulong signs = ~(left ^ right) & (left ^ sum);
            SetOverflow((_isWide ? (long)signs : (int)signs) < 0);
        }

        if (i.Records)
        {
            Record(sum);
        }
    }

    private bool Result(in PowerPcInstruction i, ulong value, bool overflow)
    {
        G(i.T) = value;
        if (i.Overflows)
        {
            SetOverflow(overflow);
        }

        if (i.Records)
        {
            Record(value);
        }

        return true;
    }

    /// <summary>A quotient that must fit; one that does not is undefined, and 0 here.</summary>
    private bool Quotient(in PowerPcInstruction i, Int128 dividend, long divisor, int bits)
    {
        bool divides = divisor != 0 && (divisor != -1 || dividend != Int128.MinValue);
        Int128 quotient = divides ? dividend / divisor : 0;
        bool fits = divides && (bits == 32 ? quotient == (int)quotient : quotient == (long)quotient);
        return Result(in i, !fits ? 0 : bits == 32 ? (uint)(int)quotient : (ulong)(long)quotient, !fits);
    }

    private bool Quotient(in PowerPcInstruction i, long dividend, long divisor, int bits)
    {
        bool fits = divisor != 0 && (divisor != -1 || dividend != (bits == 32 ? int.MinValue : long.MinValue));
        long quotient = fits ? dividend / divisor : 0;
        return Result(in i, bits == 32 ? (uint)quotient : (ulong)quotient, !fits);
    }

    private bool QuotientUnsigned(in PowerPcInstruction i, UInt128 dividend, ulong divisor, int bits)
    {
        UInt128 quotient = divisor == 0 ? 0 : dividend / divisor;
        bool fits = divisor != 0 && quotient >> bits == 0;
        return Result(in i, fits ? (ulong)quotient : 0, !fits);
    }

    private bool QuotientUnsigned(in PowerPcInstruction i, ulong dividend, ulong divisor)
        => Result(in i, divisor == 0 ? 0 : dividend / divisor, divisor == 0);

    /// <summary>A shift that keeps the sign; CA tells whether ones of a negative number were lost.</summary>
    private bool ShiftAlgebraic(in PowerPcInstruction i, long value, int count)
    {
        long shifted = value >> Math.Min(count, 63);
        SetCarry(value < 0 && (count > 63 || shifted << count != value));
        return Logic(in i, (ulong)shifted);
    }

    private static ulong RotatedWord(ulong value, int count)
    {
        uint word = BitOperations.RotateLeft((uint)value, count);
        return word | ((ulong)word << 32);
    }

    private static ulong ByByte(ulong value, ulong other, Func<byte, byte, byte> map)
    {
        ulong result = 0;
        for (int shift = 0; shift < 64; shift += 8)
        {
            result |= (ulong)map((byte)(value >> shift), (byte)(other >> shift)) << shift;
        }

        return result;
    }

    private static ulong ByWord(ulong value, Func<uint, uint> map)
        => map((uint)value) | ((ulong)map((uint)(value >> 32)) << 32);

    /// <summary>bpermd: each byte of the first operand names a bit of the second.</summary>
    private static ulong PermutedBits(ulong indexes, ulong bits)
    {
        ulong result = 0;
        for (int k = 0; k < 8; k++)
        {
            int index = (byte)(indexes >> (56 - (8 * k)));
            result |= index < 64 ? ((bits >> (63 - index)) & 1) << (7 - k) : 0;
        }

        return result;
    }
}
