using System.Numerics;
using Sim.Arch.PowerPc.Interpreter;

namespace Sim.Properties.PowerPc;

/// <summary>
/// What the architecture leaves open, and what qemu 7.2 does not have: this alone is not compared.
/// Source: Power ISA version 2.06, book I.
/// </summary>
/// <param name="General">Bits of the target register.</param>
/// <param name="Float">Bits of the target floating-point register.</param>
/// <param name="Cr">Bits of the condition register.</param>
/// <param name="Fpscr">Bits of FPSCR.</param>
internal readonly record struct PowerPcUndefined(ulong General, ulong Float, uint Cr, uint Fpscr)
{
    private const ulong HighHalf = 0xffff_ffff_0000_0000;
    private const uint Cr0Order = 0xe000_0000;
    private const uint ResultFlags = 0x0001_f000;

    /// <summary>FR: qemu never sets it.</summary>
    private const uint FractionRounded = 0x0004_0000;

#pragma warning disable IDE0072 // nothing is open of the others
    /// <summary>Whether a word and its operands are an instruction that has a defined effect.</summary>
    internal static bool IsDefined(uint word, ulong[] state)
    {
        PowerPcInstruction i = PowerPcDecoder.Decode(word, PowerPcPlaces.Entry + 4, is64: true);
        int length = i.IsFirst ? i.C : (int)state[PowerPcState.Xer] & 0x7f;
        return i.Op switch
        {
            // Reserved forms.
            PowerPcOp.Undefined => false,
            PowerPcOp.LoadMultiple => i.A == PowerPcInstruction.Zero || i.A < i.T,
            PowerPcOp.LoadString => length != 0 && !Loads(i, length, i.A) && !Loads(i, length, i.B),
            PowerPcOp.MoveFromCr or PowerPcOp.MoveToCr => (word & (1 << 20)) == 0 || BitOperations.PopCount((word >> 12) & 0xff) == 1,

            // The word of a number that single precision has no room for.
            PowerPcOp.StoreFloatSingle => state[PowerPcState.Float + i.T] << 1 == 0 ||
                ((state[PowerPcState.Float + i.T] >> 52) & 0x7ff) >= 874,
            _ => true,
        };
    }

    /// <summary>Whether there are operands with which it leaves something open.</summary>
    internal static bool MayBe(uint word)
    {
        PowerPcInstruction i = PowerPcDecoder.Decode(word, PowerPcPlaces.Entry + 4, is64: true);
        return Of(word, i, new ulong[PowerPcState.Words]) != default || i.Op is PowerPcOp.Undefined or PowerPcOp.LoadMultiple or
            PowerPcOp.LoadString or PowerPcOp.StoreFloatSingle || (i.Op is PowerPcOp.MoveFromCr or PowerPcOp.MoveToCr && (word & (1 << 20)) != 0);
    }

    /// <summary>What an instruction leaves open.</summary>
    internal static PowerPcUndefined Of(uint word, ulong[] state)
        => Of(word, PowerPcDecoder.Decode(word, PowerPcPlaces.Entry + 4, is64: true), state);

    private static PowerPcUndefined Of(uint word, in PowerPcInstruction i, ulong[] state)
    {
        uint order = i.Records ? Cr0Order : 0;
        return i.Op switch
        {
            PowerPcOp.MultiplyHighWord or PowerPcOp.MultiplyHighWordUnsigned => new(HighHalf, 0, order, 0),
            PowerPcOp.DivideWord or PowerPcOp.DivideWordUnsigned or PowerPcOp.DivideWordExtended or PowerPcOp.DivideWordExtendedUnsigned
                => new(Divides(in i, state) ? HighHalf : ulong.MaxValue, 0, order, 0),
            PowerPcOp.DivideDouble or PowerPcOp.DivideDoubleUnsigned or PowerPcOp.DivideDoubleExtended or PowerPcOp.DivideDoubleExtendedUnsigned
                => Divides(in i, state) ? default : new(ulong.MaxValue, 0, order, 0),
            PowerPcOp.MoveFromCr when (word & (1 << 20)) != 0 => new(~i.Mask, 0, 0, 0),
            PowerPcOp.FloatToInteger => new(0, i.IsWide ? 0 : HighHalf, 0, ResultFlags | FractionRounded),
            PowerPcOp.MoveFromFpscr => new(0, HighHalf, 0, 0),
            PowerPcOp.FloatAdd or PowerPcOp.FloatSubtract or PowerPcOp.FloatMultiply or PowerPcOp.FloatDivide or PowerPcOp.FloatSquareRoot or
                PowerPcOp.FloatMultiplyAdd or PowerPcOp.FloatMultiplySubtract or PowerPcOp.FloatNegativeMultiplyAdd or
                PowerPcOp.FloatNegativeMultiplySubtract or PowerPcOp.FloatRoundToSingle or PowerPcOp.FloatFromInteger or
                PowerPcOp.FloatRoundToInteger => new(0, 0, 0, FractionRounded),
            _ => default,
        };
    }

#pragma warning restore IDE0072

    /// <summary>Whether a quotient exists and fits.</summary>
    private static bool Divides(in PowerPcInstruction i, ulong[] state)
    {
        ulong a = state[i.A & 31];
        ulong b = state[i.B & 31];
        bool isWord = i.Op is PowerPcOp.DivideWord or PowerPcOp.DivideWordUnsigned or PowerPcOp.DivideWordExtended or PowerPcOp.DivideWordExtendedUnsigned;
        bool isExtended = i.Op is PowerPcOp.DivideWordExtended or PowerPcOp.DivideWordExtendedUnsigned or PowerPcOp.DivideDoubleExtended or
            PowerPcOp.DivideDoubleExtendedUnsigned;
        bool isSigned = i.Op is PowerPcOp.DivideWord or PowerPcOp.DivideWordExtended or PowerPcOp.DivideDouble or PowerPcOp.DivideDoubleExtended;
        int bits = isWord ? 32 : 64;
        BigInteger left = isSigned ? isWord ? (int)a : (long)a : isWord ? (uint)a : a;
        BigInteger right = isSigned ? isWord ? (int)b : (long)b : isWord ? (uint)b : b;
        if (right == 0)
        {
            return false;
        }

        BigInteger quotient = (isExtended ? left << bits : left) / right;
        BigInteger most = (BigInteger.One << (isSigned ? bits - 1 : bits)) - 1;
        return quotient <= most && quotient >= (isSigned ? -most - 1 : 0);
    }

    private static bool Loads(in PowerPcInstruction i, int length, int register)
    {
        int target = i.T;
        return register < 32 && Enumerable.Range(0, (length + 3) / 4).Any(k => ((target + k) & 31) == register);
    }
}
