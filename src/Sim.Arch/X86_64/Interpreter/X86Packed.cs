using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>SSE2 on whole registers.</summary>
public sealed partial class X86Interpreter
{
    private static Vector128<ulong> Words(UInt128 value) => Vector128.Create((ulong)value, (ulong)(value >> 64));

    private static UInt128 Whole<T>(Vector128<T> value)
    {
        Vector128<ulong> words = value.AsUInt64();
        return new UInt128(words[1], words[0]);
    }

    private bool TryPacked(in Instruction i)
    {
        if (i.Mnemonic is Mnemonic.Pmovmskb or Mnemonic.Movmskpd or Mnemonic.Movmskps)
        {
            Vector128<ulong> source = Words(Xmm(i.GetOpRegister(1)));
            uint bits = i.Mnemonic switch
            {
                Mnemonic.Pmovmskb => source.AsByte().ExtractMostSignificantBits(),
                Mnemonic.Movmskps => source.AsUInt32().ExtractMostSignificantBits(),
                _ => source.ExtractMostSignificantBits(),
            };
            WriteRegister(i.GetOpRegister(0), bits);
            return true;
        }

        if (i.Mnemonic == Mnemonic.Pextrw)
        {
            WriteRegister(i.GetOpRegister(0), (ushort)(Xmm(i.GetOpRegister(1)) >> (16 * (i.Immediate8 & 7))));
            return true;
        }

        if (!IsXmm(i.GetOpRegister(0)))
        {
            return false;
        }

        if (i.Mnemonic == Mnemonic.Pinsrw)
        {
            int at = 16 * (i.Immediate8 & 7);
            UInt128 word = (ushort)ReadVector(in i, 1, 2);
            SetXmm(i.GetOpRegister(0), (Xmm(i.GetOpRegister(0)) & ~((UInt128)0xffff << at)) | (word << at));
            return true;
        }

        Vector128<ulong> a = Words(Xmm(i.GetOpRegister(0)));
        Vector128<ulong> b = Words(ReadVector(in i, 1));
        if ((Simple(i.Mnemonic, a, b) ?? Arranged(in i, a, b) ?? Shifted(i.Mnemonic, a, b)) is not { } result)
        {
            return false;
        }

        SetXmm(i.GetOpRegister(0), Whole(result));
        return true;
    }

    private static Vector128<ulong>? Simple(Mnemonic mnemonic, Vector128<ulong> a, Vector128<ulong> b) => mnemonic switch
    {
        Mnemonic.Pxor or Mnemonic.Xorps or Mnemonic.Xorpd => a ^ b,
        Mnemonic.Por or Mnemonic.Orps or Mnemonic.Orpd => a | b,
        Mnemonic.Pand or Mnemonic.Andps or Mnemonic.Andpd => a & b,
        Mnemonic.Pandn or Mnemonic.Andnps or Mnemonic.Andnpd => ~a & b,
        Mnemonic.Pcmpeqb => Vector128.Equals(a.AsByte(), b.AsByte()).AsUInt64(),
        Mnemonic.Pcmpeqw => Vector128.Equals(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Pcmpeqd => Vector128.Equals(a.AsInt32(), b.AsInt32()).AsUInt64(),
        Mnemonic.Pcmpgtb => Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsUInt64(),
        Mnemonic.Pcmpgtw => Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Pcmpgtd => Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsUInt64(),
        Mnemonic.Pminub => Vector128.Min(a.AsByte(), b.AsByte()).AsUInt64(),
        Mnemonic.Pmaxub => Vector128.Max(a.AsByte(), b.AsByte()).AsUInt64(),
        Mnemonic.Pminsw => Vector128.Min(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Pmaxsw => Vector128.Max(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Paddb => (a.AsByte() + b.AsByte()).AsUInt64(),
        Mnemonic.Paddw => (a.AsInt16() + b.AsInt16()).AsUInt64(),
        Mnemonic.Paddd => (a.AsInt32() + b.AsInt32()).AsUInt64(),
        Mnemonic.Paddq => a + b,
        Mnemonic.Psubb => (a.AsByte() - b.AsByte()).AsUInt64(),
        Mnemonic.Psubw => (a.AsInt16() - b.AsInt16()).AsUInt64(),
        Mnemonic.Psubd => (a.AsInt32() - b.AsInt32()).AsUInt64(),
        Mnemonic.Psubq => a - b,
        Mnemonic.Pmullw => (a.AsInt16() * b.AsInt16()).AsUInt64(),
        Mnemonic.Pmuludq => Vector128.Create((a[0] & uint.MaxValue) * (b[0] & uint.MaxValue), (a[1] & uint.MaxValue) * (b[1] & uint.MaxValue)),
        Mnemonic.Paddsb => Vector128.AddSaturate(a.AsSByte(), b.AsSByte()).AsUInt64(),
        Mnemonic.Paddsw => Vector128.AddSaturate(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Paddusb => Vector128.AddSaturate(a.AsByte(), b.AsByte()).AsUInt64(),
        Mnemonic.Paddusw => Vector128.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsUInt64(),
        Mnemonic.Psubsb => Vector128.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsUInt64(),
        Mnemonic.Psubsw => Vector128.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Psubusb => Vector128.SubtractSaturate(a.AsByte(), b.AsByte()).AsUInt64(),
        Mnemonic.Psubusw => Vector128.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsUInt64(),
        Mnemonic.Packsswb => Vector128.NarrowWithSaturation(a.AsInt16(), b.AsInt16()).AsUInt64(),
        Mnemonic.Packssdw => Vector128.NarrowWithSaturation(a.AsInt32(), b.AsInt32()).AsUInt64(),
        Mnemonic.Packuswb => Vector128.Narrow(ToBytes(a), ToBytes(b)).AsUInt64(),
        Mnemonic.Pavgb => Vector128.Narrow(Average(Vector128.WidenLower(a.AsByte()), Vector128.WidenLower(b.AsByte())), Average(Vector128.WidenUpper(a.AsByte()), Vector128.WidenUpper(b.AsByte()))).AsUInt64(),
        Mnemonic.Pavgw => ((a.AsUInt16() | b.AsUInt16()) - ((a.AsUInt16() ^ b.AsUInt16()) >>> 1)).AsUInt64(),
        Mnemonic.Pmulhw => High(Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16()), Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16())),
        Mnemonic.Pmulhuw => High((Vector128.WidenLower(a.AsUInt16()) * Vector128.WidenLower(b.AsUInt16())).AsInt32(), (Vector128.WidenUpper(a.AsUInt16()) * Vector128.WidenUpper(b.AsUInt16())).AsInt32()),
        Mnemonic.Pmaddwd => ((LowWords(a) * LowWords(b)) + ((a.AsInt32() >> 16) * (b.AsInt32() >> 16))).AsUInt64(),
        Mnemonic.Psadbw => Vector128.Create(Distance(a[0], b[0]), Distance(a[1], b[1])),
        _ => null,
    };

    private static Vector128<ushort> ToBytes(Vector128<ulong> words)
        => Vector128.Min(Vector128.Max(words.AsInt16(), Vector128<short>.Zero), Vector128.Create((short)255)).AsUInt16();

    private static Vector128<ushort> Average(Vector128<ushort> a, Vector128<ushort> b) => (a + b + Vector128<ushort>.One) >>> 1;

    private static Vector128<ulong> High(Vector128<int> low, Vector128<int> high)
        => Vector128.Narrow(low.AsUInt32() >>> 16, high.AsUInt32() >>> 16).AsUInt64();

    private static Vector128<int> LowWords(Vector128<ulong> words) => (words.AsInt32() << 16) >> 16;

    private static ulong Distance(ulong a, ulong b)
    {
        ulong sum = 0;
        for (int i = 0; i < 64; i += 8)
        {
            sum += (ulong)Math.Abs((int)(byte)(a >> i) - (byte)(b >> i));
        }

        return sum;
    }

    private static Vector128<ulong>? Arranged(in Instruction i, Vector128<ulong> a, Vector128<ulong> b)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Punpcklbw or Mnemonic.Punpcklwd or Mnemonic.Punpckldq or Mnemonic.Punpcklqdq or Mnemonic.Unpcklps or Mnemonic.Unpcklpd:
                return Interleave(a, b, 0, WidthOf(i.Mnemonic));
            case Mnemonic.Punpckhbw or Mnemonic.Punpckhwd or Mnemonic.Punpckhdq or Mnemonic.Punpckhqdq or Mnemonic.Unpckhps or Mnemonic.Unpckhpd:
                return Interleave(a, b, 8, WidthOf(i.Mnemonic));
            case Mnemonic.Pshufd or Mnemonic.Shufps:
                int order = (int)i.GetImmediate(2);
                Vector128<uint> low = (i.Mnemonic == Mnemonic.Pshufd ? b : a).AsUInt32();
                Vector128<uint> high = b.AsUInt32();
                return Vector128.Create(low[order & 3], low[(order >> 2) & 3], high[(order >> 4) & 3], high[(order >> 6) & 3]).AsUInt64();
            case Mnemonic.Shufpd:
                return Vector128.Create(a[(int)i.GetImmediate(2) & 1], b[((int)i.GetImmediate(2) >> 1) & 1]);
            case Mnemonic.Pshuflw:
                return b.WithElement(0, Shuffle(b[0], (int)i.GetImmediate(2)));
            case Mnemonic.Pshufhw:
                return b.WithElement(1, Shuffle(b[1], (int)i.GetImmediate(2)));
            default:
                return null;
        }
    }

    private static int WidthOf(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Punpcklbw or Mnemonic.Punpckhbw => 1,
        Mnemonic.Punpcklwd or Mnemonic.Punpckhwd => 2,
        Mnemonic.Punpckldq or Mnemonic.Punpckhdq or Mnemonic.Unpcklps or Mnemonic.Unpckhps => 4,
        _ => 8,
    };

    private static ulong Shuffle(ulong words, int order)
    {
        ulong result = 0;
        for (int i = 0; i < 4; i++)
        {
            result |= ((words >> (16 * ((order >> (2 * i)) & 3))) & 0xffff) << (16 * i);
        }

        return result;
    }

    private static Vector128<ulong> Interleave(Vector128<ulong> a, Vector128<ulong> b, int from, int width)
    {
        Vector128<byte> result = default;
        for (int i = 0; i < 8; i++)
        {
            int to = (2 * (i / width) * width) + (i % width);
            result = result.WithElement(to, a.AsByte()[from + i]).WithElement(to + width, b.AsByte()[from + i]);
        }

        return result.AsUInt64();
    }

    private static Vector128<ulong>? Shifted(Mnemonic mnemonic, Vector128<ulong> a, Vector128<ulong> b)
    {
        int count = (int)Math.Min(b[0], 255);
        return mnemonic switch
        {
            Mnemonic.Pslldq => count > 15 ? default : Words(Whole(a) << (8 * count)),
            Mnemonic.Psrldq => count > 15 ? default : Words(Whole(a) >> (8 * count)),
            Mnemonic.Psllw => count > 15 ? default : (a.AsUInt16() << count).AsUInt64(),
            Mnemonic.Pslld => count > 31 ? default : (a.AsUInt32() << count).AsUInt64(),
            Mnemonic.Psllq => count > 63 ? default : a << count,
            Mnemonic.Psrlw => count > 15 ? default : (a.AsUInt16() >>> count).AsUInt64(),
            Mnemonic.Psrld => count > 31 ? default : (a.AsUInt32() >>> count).AsUInt64(),
            Mnemonic.Psrlq => count > 63 ? default : a >>> count,
            Mnemonic.Psraw => (a.AsInt16() >> Math.Min(count, 15)).AsUInt64(),
            Mnemonic.Psrad => (a.AsInt32() >> Math.Min(count, 31)).AsUInt64(),
            _ => null,
        };
    }
}
