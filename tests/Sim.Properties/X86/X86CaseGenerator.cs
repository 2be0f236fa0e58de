using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using Sim.Explore;

namespace Sim.Properties.X86;

/// <summary>Random cases of an opcode form: encodings, registers and memory.</summary>
internal sealed class X86CaseGenerator(ulong seed)
{
    private const int R15 = 15;
    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
        0x1_0000_0000, long.MaxValue, 0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 1, 0xffff_ffff_8000_0000,
    ];

    private static readonly double[] s_reals =
    [
        0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, double.NaN,
        double.PositiveInfinity, double.NegativeInfinity, 2147483647, 2147483647.5, 2147483648, -2147483648.5, -2147483649,
        9223372036854775807, -9223372036854775808, 2.2250738585072014E-308, 2.225073858507201E-308, float.MaxValue, float.Epsilon,
        3.4028235677973366E+38, 1.1754943508222875E-38, 1e-46, 0.1, 1e300, 1e-300,
    ];

    private readonly Prng _random = new(seed);

    /// <summary>One instruction.</summary>
    internal X86Case? Single(OpCodeInfo form)
    {
        for (int i = 0; i < 40; i++)
        {
            byte[] code = new byte[X86Places.CodeSize];
            Span<byte> at = code;
            if (Compose(form, inSequence: false, at, X86Places.Entry, out Instruction instruction, out ConstantOffsets offsets))
            {
                X86State state = State();
                Place(in instruction, offsets, state, at);
                return new X86Case(state, code, Window(), instruction.HasRepPrefix || instruction.HasRepnePrefix ? 12 : 1);
            }
        }

        return null;
    }

    /// <summary>Some instructions one after the other, with memory at r15.</summary>
    internal X86Case Sequence(IReadOnlyList<OpCodeInfo> forms)
    {
        byte[] code = new byte[X86Places.CodeSize];
        int length = 0;
        int steps = 0;
        for (int i = 0; i < 40 && steps < 4; i++)
        {
            OpCodeInfo form = forms[_random.Below(forms.Count)];
            if (Compose(form, inSequence: true, code.AsSpan(length), X86Places.Entry + (ulong)length, out Instruction instruction, out _))
            {
                length += instruction.Length;
                steps++;
            }
        }

        X86State state = State();
        state[4] = X86Places.Window + 128;
        state[R15] = X86Places.Window + 128;
        return new X86Case(state, code, Window(), steps);
    }

    private bool Compose(
        OpCodeInfo form, bool inSequence, Span<byte> into, ulong at, out Instruction instruction, out ConstantOffsets offsets)
    {
        Span<byte> bytes = stackalloc byte[40];
        bytes = bytes[..X86Encoding.Encode(_random, form, inSequence, bytes)];
        var decoder = Decoder.Create(64, bytes.ToArray(), at);
        decoder.Decode(out instruction);
        offsets = decoder.GetConstantOffsets(in instruction);
        if (instruction.Code != form.Code || instruction.Length > Math.Min(15, into.Length) || instruction.SegmentPrefix == Register.FS ||
            IsUndefinedResult(in instruction) || (inSequence && (instruction.FlowControl != FlowControl.Next || instruction.IsStringInstruction || instruction.Mnemonic == Mnemonic.Maskmovdqu)))
        {
            return false;
        }

        bytes[..instruction.Length].CopyTo(into);
        return true;
    }

    /// <summary>shld and shrd of 16 bits by more than 16; and xchg r8d,eax with a prefix, which Iced calls pause.</summary>
    private static bool IsUndefinedResult(in Instruction i) => i.Code switch
    {
        Code.Pause => i.Length > 2,

        // Which byte faults is up to the processor.
        Code.Maskmovdqu_rDI_xmm_xmm => i.GetOpKind(0) == OpKind.MemorySegEDI && i.SegmentPrefix == Register.GS,

        // AMD reads four bytes.
        Code.Movsxd_r16_rm16 => i.GetOpKind(1) == OpKind.Memory,
        Code.Shld_rm16_r16_imm8 or Code.Shrd_rm16_r16_imm8 => (i.Immediate8 & 31) > 16,
        _ => false,
    };

    /// <summary>Chooses registers or the displacement so that memory operands are where there is memory, mostly.</summary>
    private void Place(in Instruction i, ConstantOffsets offsets, X86State state, Span<byte> code)
    {
        if (i.StackPointerIncrement != 0 || i.Mnemonic is Mnemonic.Leave or Mnemonic.Enter or Mnemonic.Ret or Mnemonic.Call or Mnemonic.Push or Mnemonic.Pop)
        {
            state[4] = X86Places.Window + 64 + (ulong)_random.Below(128);
            state[5] = X86Places.Window + 64 + (ulong)_random.Below(128);
        }

        if (i.IsStringInstruction)
        {
            state[1] = (ulong)_random.Below(10);
            state[6] = Somewhere(8);
            state[7] = Somewhere(8);
            return;
        }

        if (i.Mnemonic is Mnemonic.Maskmovdqu)
        {
            // Whether bytes that are not written can fault is up to the processor.
            state[7] = X86Places.Window + (ulong)_random.Below(X86Places.WindowSize - 16) - (i.SegmentPrefix == Register.GS ? X86Places.GsBase : 0);
        }

        if (i.Mnemonic is Mnemonic.Xlatb)
        {
            state[3] = Somewhere(1);
        }

        if (!Enumerable.Range(0, i.OpCount).Any(HasMemory(i)))
        {
            return;
        }

        ulong target = Somewhere(Math.Max(1, i.MemorySize.GetSize())) - (i.SegmentPrefix == Register.GS ? X86Places.GsBase : 0);
        int scale = i.MemoryIndexScale;
        int index = i.MemoryIndex == Register.None ? -1 : i.MemoryIndex.GetNumber();
        bool hasBase = i.MemoryBase is not (Register.None or Register.RIP or Register.EIP);
        int first = hasBase ? i.MemoryBase.GetNumber() : -1;
        if (hasBase && first != index)
        {
            state[first] = target - i.MemoryDisplacement64 - (index < 0 ? 0 : state[index] * (ulong)scale);
            return;
        }

        if (index >= 0)
        {
            state[index] = (ulong)_random.Below(8);
        }

        ulong rest = target - (index < 0 ? 0 : state[index] * (ulong)(hasBase ? scale + 1 : scale));
        rest -= i.IsIPRelativeMemoryOperand ? i.NextIP : 0;
        if (offsets.DisplacementSize == 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(code[(int)offsets.DisplacementOffset..], rest);
        }
        else if (offsets.DisplacementSize == 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(code[(int)offsets.DisplacementOffset..], (uint)rest);
        }
    }

    private static Func<int, bool> HasMemory(Instruction i) => operand => i.GetOpKind(operand) == OpKind.Memory;

    private ulong Somewhere(int size)
    {
        ulong within = X86Places.Window + (ulong)_random.Below(X86Places.WindowSize - Math.Min(size, 128));
        return _random.Below(40) switch
        {
            0 => X86Places.Window + X86Places.WindowSize - (ulong)_random.Below(size + 1),
            1 => X86Places.Window + X86Places.WindowSize + (ulong)_random.Below(256),
            2 => X86Places.Data + (2 * X86Places.Page) - (ulong)_random.Below(size + 2),
            3 => X86Places.Data - (ulong)_random.Below(size + 2),
            4 => _random.Below(2) == 0 ? 0 : 0x8000_0000_0000_0000,
            < 25 => within & ~15UL,
            _ => within,
        };
    }

    private X86State State()
    {
        var state = new X86State();
        for (int i = 0; i < 16; i++)
        {
            state[i] = Whole();
        }

        state[X86State.Ip] = X86Places.Entry;
        state[X86State.Flags] = 0x202 | (_random.Next() & 0x8d5) | (_random.Below(4) == 0 ? 0x400UL : 0);
        Pairs(state.Span.Slice(X86State.Xmm, 32));
        state[X86State.Mxcsr] = Control();
        return state;
    }

    /// <summary>MXCSR: mostly the usual one; else any rounding, denormals that are 0, noted or unmasked exceptions.</summary>
    private ulong Control() => _random.Below(8) switch
    {
        < 3 => 0x1f80,
        3 => 0x1fa0,
        4 => 0x1f80 | (_random.Next() & 0xe07f),
        5 => 0x1fa0 | (_random.Next() & 0x603f),
        6 => 0x1f80 ^ (1UL << (7 + _random.Below(6))),
        _ => _random.Next() & 0xffff,
    };

    private byte[] Window()
    {
        ulong[] words = new ulong[X86Places.WindowSize / 8];
        Pairs(words);
        return MemoryMarshal.AsBytes<ulong>(words).ToArray();
    }

    private void Pairs(Span<ulong> words)
    {
        for (int i = 0; i < words.Length; i += 2)
        {
            int kind = _random.Below(4);
            for (int j = 0; j < 2; j++)
            {
                words[i + j] = kind switch
                {
                    0 => Whole(),
                    1 => Float() | ((ulong)Float() << 32),
                    _ => Double(),
                };
            }
        }
    }

    private ulong Whole() => _random.Below(4) switch
    {
        0 => s_edges[_random.Below(s_edges.Length)],
        1 => _random.Next() >> _random.Below(64),
        2 => (ulong)((long)_random.Next() >> _random.Below(64)),
        _ => _random.Next(),
    };

    private ulong Double()
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(s_reals[_random.Below(s_reals.Length)]);
        return _random.Below(8) switch
        {
            0 => _random.Next(),
            1 => 0x7ff0_0000_0000_0000 | (_random.Next() & 0x800f_ffff_ffff_ffff),
            2 => _random.Next() & 0x800f_ffff_ffff_ffff,
            3 => BitConverter.DoubleToUInt64Bits((long)_random.Next() >> _random.Below(64)),
            4 => bits + (ulong)_random.Below(5) - 2,
            5 => 0x3fe0_0000_0000_0000 + (_random.Next() >> 11),
            _ => bits,
        };
    }

    private uint Float()
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)s_reals[_random.Below(s_reals.Length)]);
        return _random.Below(8) switch
        {
            0 => (uint)_random.Next(),
            1 => 0x7f80_0000 | ((uint)_random.Next() & 0x807f_ffff),
            2 => (uint)_random.Next() & 0x807f_ffff,
            3 => BitConverter.SingleToUInt32Bits((int)_random.Next() >> _random.Below(32)),
            4 => bits + (uint)_random.Below(5) - 2,
            5 => 0x3f00_0000 + ((uint)_random.Next() >> 8),
            _ => bits,
        };
    }
}
