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

    /// <summary>FX: qemu sets it, too, for an exception that had been there already, and mtfsb1 does not set it.</summary>
    private const uint ExceptionSummary = 0x8000_0000;

    /// <summary>The exceptions that FX is about.</summary>
    private const uint Exceptions = 0x1ff8_0700;

    /// <summary>C of FPRF: qemu looks at the double, whose range has room for what single precision calls denormalized.</summary>
    private const uint Denormalized = 0x0001_0000;

    /// <summary>VE, OE, UE, ZE, XE: qemu lets an exception trap, as the kernel does not for a program that has not asked.</summary>
    private const uint Enables = 0xf8;

    /// <summary>What qemu cuts off a NaN that single precision hands on; only frsp does so.</summary>
    private const ulong NanTail = 0x1fff_ffff;

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

            PowerPcOp.MoveToFpscr => (state[PowerPcState.Float + i.B] & i.Mask & Enables) == 0,
            PowerPcOp.MoveToFpscrImmediate => i.T < 6 || (i.T == 7 ? (i.B & 8) == 0 : i.B == 0),

            // NI: qemu has no such mode, and this instruction does not set the bit there.
            PowerPcOp.MoveToFpscrBit => i.T != 29 && (!i.IsFirst || ((0x8000_0000u >> i.T) & Enables) == 0),

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
            PowerPcOp.LoadString or PowerPcOp.StoreFloatSingle or PowerPcOp.MoveToXer or PowerPcOp.FloatCompare or PowerPcOp.MoveToFpscr or
            PowerPcOp.MoveToFpscrImmediate or PowerPcOp.MoveToFpscrBit || (i.Op is PowerPcOp.MoveFromCr or PowerPcOp.MoveToCr && (word & (1 << 20)) != 0);
    }

    /// <summary>What an instruction leaves open.</summary>
    internal static PowerPcUndefined Of(uint word, ulong[] state)
    {
        PowerPcInstruction i = PowerPcDecoder.Decode(word, PowerPcPlaces.Entry + 4, is64: true);
        PowerPcUndefined open = Of(word, in i, state);
        bool unsure = i.Op >= PowerPcOp.FloatAdd && (i.Op == PowerPcOp.MoveToFpscrBit || ((uint)state[PowerPcState.Float + 31] & Exceptions) != 0);
        return unsure
            ? open with { Fpscr = open.Fpscr | ExceptionSummary, Cr = open.Cr | (i.Records ? 0x0800_0000u : 0) }
            : open;
    }

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
            PowerPcOp.FloatNegativeMultiplyAdd or PowerPcOp.FloatNegativeMultiplySubtract when (state[PowerPcState.Float + 31] & 2) != 0
                => new(0, ulong.MaxValue, 0, ResultFlags | FractionRounded), // qemu negates before it rounds up or down
            PowerPcOp.FloatAdd or PowerPcOp.FloatSubtract or PowerPcOp.FloatMultiply or PowerPcOp.FloatDivide or PowerPcOp.FloatSquareRoot or
                PowerPcOp.FloatMultiplyAdd or PowerPcOp.FloatMultiplySubtract or PowerPcOp.FloatNegativeMultiplyAdd or
                PowerPcOp.FloatNegativeMultiplySubtract
                => new(0, i.IsNarrow && HasNan(word, state) ? NanTail : 0, 0, FractionRounded | (i.IsNarrow ? Denormalized : 0)),

            // qemu sets C with VXVC.
            PowerPcOp.FloatCompare => new(0, 0, 0, i.IsFirst ? Denormalized : 0),
            PowerPcOp.FloatRoundToSingle => new(0, 0, 0, FractionRounded | Denormalized),

            // Of the four conversions, qemu sets FPRF after fcfid alone.
            PowerPcOp.FloatFromInteger => new(0, 0, 0, FractionRounded | (i.IsNarrow || i.IsFirst ? ResultFlags : 0)),
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

    private static bool HasNan(uint word, ulong[] state)
        => new[] { word >> 16, word >> 11, word >> 6 }.Any(r => double.IsNaN(BitConverter.UInt64BitsToDouble(state[PowerPcState.Float + (int)(r & 31)])));

    private static bool Loads(in PowerPcInstruction i, int length, int register)
    {
        int target = i.T;
        return register < 32 && Enumerable.Range(0, (length + 3) / 4).Any(k => ((target + k) & 31) == register);
    }
}
