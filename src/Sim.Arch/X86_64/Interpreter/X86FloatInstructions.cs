using Iced.Intel;
using static Sim.Arch.X86_64.Interpreter.X86FloatFormat;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>The floating-point instructions of SSE and SSE2.</summary>
public sealed partial class X86Interpreter
{
    private bool TryFloat(in Instruction i)
        => TryArithmetic(in i) || TryComparison(in i) || TryConversion(in i) || TryIntegerConversion(in i);

    private bool TryArithmetic(in Instruction i)
    {
        FloatOperation operation;
        switch (i.Mnemonic)
        {
            case Mnemonic.Addps or Mnemonic.Addss or Mnemonic.Addpd or Mnemonic.Addsd:
                operation = FloatOperation.Add;
                break;
            case Mnemonic.Subps or Mnemonic.Subss or Mnemonic.Subpd or Mnemonic.Subsd:
                operation = FloatOperation.Subtract;
                break;
            case Mnemonic.Mulps or Mnemonic.Mulss or Mnemonic.Mulpd or Mnemonic.Mulsd:
                operation = FloatOperation.Multiply;
                break;
            case Mnemonic.Divps or Mnemonic.Divss or Mnemonic.Divpd or Mnemonic.Divsd:
                operation = FloatOperation.Divide;
                break;
            case Mnemonic.Sqrtps or Mnemonic.Sqrtss or Mnemonic.Sqrtpd or Mnemonic.Sqrtsd:
                operation = FloatOperation.SquareRoot;
                break;
            case Mnemonic.Minps or Mnemonic.Minss or Mnemonic.Minpd or Mnemonic.Minsd:
                operation = FloatOperation.Least;
                break;
            case Mnemonic.Maxps or Mnemonic.Maxss or Mnemonic.Maxpd or Mnemonic.Maxsd:
                operation = FloatOperation.Greatest;
                break;
            default:
                return false;
        }

        (X86FloatFormat format, int size) = ShapeOf(in i);
        UInt128 a = Xmm(i.GetOpRegister(0));
        UInt128 b = ReadVector(in i, 1, size);
        UInt128 result = 0;
        for (int at = 0; at < 8 * size; at += format.Bits)
        {
            result |= (UInt128)Compute(operation, Lane(a, at, format), Lane(b, at, format), format) << at;
        }

        RaiseFloat();
        SetLow(i.GetOpRegister(0), size, result);
        return true;
    }

    private bool TryComparison(in Instruction i)
    {
        bool isQuiet = i.Mnemonic is Mnemonic.Ucomisd or Mnemonic.Ucomiss;
        if (isQuiet || i.Mnemonic is Mnemonic.Comisd or Mnemonic.Comiss)
        {
            X86FloatFormat one = i.Mnemonic is Mnemonic.Ucomisd or Mnemonic.Comisd ? Float64 : Float32;
            Compare(Lane(Xmm(i.GetOpRegister(0)), 0, one), Lane(ReadVector(in i, 1, one.Size), 0, one), one, isQuiet);
            return true;
        }

        if (i.Mnemonic is not (Mnemonic.Cmpps or Mnemonic.Cmppd or Mnemonic.Cmpss or Mnemonic.Cmpsd))
        {
            return false;
        }

        (X86FloatFormat format, int size) = ShapeOf(in i);
        UInt128 a = Xmm(i.GetOpRegister(0));
        UInt128 b = ReadVector(in i, 1, size);
        UInt128 result = 0;
        for (int at = 0; at < 8 * size; at += format.Bits)
        {
            bool holds = Holds(i.Immediate8 & 7, Lane(a, at, format), Lane(b, at, format), format);
            result |= (UInt128)(holds ? Mask(format.Size) : 0) << at;
        }

        RaiseFloat();
        SetLow(i.GetOpRegister(0), size, result);
        return true;
    }

    private bool TryConversion(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Cvtss2sd or Mnemonic.Cvtps2pd or Mnemonic.Cvtsd2ss or Mnemonic.Cvtpd2ps:
                bool widens = i.Mnemonic is Mnemonic.Cvtss2sd or Mnemonic.Cvtps2pd;
                (X86FloatFormat from, X86FloatFormat to) = widens ? (Float32, Float64) : (Float64, Float32);
                int lanes = i.Mnemonic is Mnemonic.Cvtss2sd or Mnemonic.Cvtsd2ss ? 1 : 2;
                UInt128 source = ReadVector(in i, 1, lanes * from.Size);
                UInt128 result = 0;
                for (int lane = 0; lane < lanes; lane++)
                {
                    result |= (UInt128)Convert(Lane(source, lane * from.Bits, from), from, to) << (lane * to.Bits);
                }

                RaiseFloat();
                SetLow(i.GetOpRegister(0), lanes == 1 ? to.Size : 16, result);
                return true;
            default:
                return false;
        }
    }

    private bool TryIntegerConversion(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Cvtsi2sd or Mnemonic.Cvtsi2ss:
                X86FloatFormat single = i.Mnemonic == Mnemonic.Cvtsi2sd ? Float64 : Float32;
                int size = SizeOf(in i, 1);
                ulong value = FromInteger((long)SignExtend((ulong)ReadVector(in i, 1, size), size), single);
                RaiseFloat();
                SetLow(i.GetOpRegister(0), single.Size, value);
                return true;
            case Mnemonic.Cvttsd2si or Mnemonic.Cvtsd2si or Mnemonic.Cvttss2si or Mnemonic.Cvtss2si:
                bool truncates = i.Mnemonic is Mnemonic.Cvttsd2si or Mnemonic.Cvttss2si;
                X86FloatFormat real = i.Mnemonic is Mnemonic.Cvttsd2si or Mnemonic.Cvtsd2si ? Float64 : Float32;
                int into = SizeOf(in i, 0);
                ulong whole = ToInteger(Lane(ReadVector(in i, 1, real.Size), 0, real), real, into, truncates);
                RaiseFloat();
                WriteOperand(in i, 0, into, whole);
                return true;
            case Mnemonic.Cvtdq2ps or Mnemonic.Cvtdq2pd:
                X86FloatFormat to = i.Mnemonic == Mnemonic.Cvtdq2pd ? Float64 : Float32;
                UInt128 integers = ReadVector(in i, 1, 16 * 4 / to.Size);
                UInt128 reals = 0;
                for (int at = 0; at < 128; at += to.Bits)
                {
                    reals |= (UInt128)FromInteger((int)(uint)(integers >> (at * 32 / to.Bits)), to) << at;
                }

                RaiseFloat();
                SetXmm(i.GetOpRegister(0), reals);
                return true;
            case Mnemonic.Cvtps2dq or Mnemonic.Cvttps2dq or Mnemonic.Cvtpd2dq or Mnemonic.Cvttpd2dq:
                X86FloatFormat from = i.Mnemonic is Mnemonic.Cvtps2dq or Mnemonic.Cvttps2dq ? Float32 : Float64;
                UInt128 source = ReadVector(in i, 1);
                UInt128 result = 0;
                for (int at = 0; at < 128; at += from.Bits)
                {
                    bool cuts = i.Mnemonic is Mnemonic.Cvttps2dq or Mnemonic.Cvttpd2dq;
                    result |= (UInt128)ToInteger(Lane(source, at, from), from, 4, cuts) << (at * 32 / from.Bits);
                }

                RaiseFloat();
                SetXmm(i.GetOpRegister(0), result);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The format, and how many bytes of it the instruction works on.</summary>
    private static (X86FloatFormat Format, int Size) ShapeOf(in Instruction i) => i.MemorySize switch
    {
        MemorySize.Float32 => (Float32, 4),
        MemorySize.Float64 => (Float64, 8),
        MemorySize.Packed128_Float32 => (Float32, 16),
        MemorySize.Packed128_Float64 => (Float64, 16),
        _ => i.Mnemonic switch
        {
            Mnemonic.Addss or Mnemonic.Subss or Mnemonic.Mulss or Mnemonic.Divss or Mnemonic.Sqrtss or Mnemonic.Minss or
                Mnemonic.Maxss or Mnemonic.Cmpss => (Float32, 4),
            Mnemonic.Addsd or Mnemonic.Subsd or Mnemonic.Mulsd or Mnemonic.Divsd or Mnemonic.Sqrtsd or Mnemonic.Minsd or
                Mnemonic.Maxsd or Mnemonic.Cmpsd => (Float64, 8),
            Mnemonic.Addps or Mnemonic.Subps or Mnemonic.Mulps or Mnemonic.Divps or Mnemonic.Sqrtps or Mnemonic.Minps or
                Mnemonic.Maxps or Mnemonic.Cmpps => (Float32, 16),
            _ => (Float64, 16),
        },
    };

    private static ulong Lane(UInt128 value, int at, X86FloatFormat format) => (ulong)(value >> at) & Mask(format.Size);
}
