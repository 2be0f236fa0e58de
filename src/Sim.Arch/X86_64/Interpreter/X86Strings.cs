using Iced.Intel;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>String instructions, with and without rep.</summary>
public sealed partial class X86Interpreter
{
    private void ExecuteString(in Instruction i)
    {
        int size = i.Mnemonic switch
        {
            Mnemonic.Movsb or Mnemonic.Stosb or Mnemonic.Lodsb or Mnemonic.Scasb or Mnemonic.Cmpsb => 1,
            Mnemonic.Movsw or Mnemonic.Stosw or Mnemonic.Lodsw or Mnemonic.Scasw or Mnemonic.Cmpsw => 2,
            Mnemonic.Movsd or Mnemonic.Stosd or Mnemonic.Lodsd or Mnemonic.Scasd or Mnemonic.Cmpsd => 4,
            Mnemonic.Movsq or Mnemonic.Stosq or Mnemonic.Lodsq or Mnemonic.Scasq or Mnemonic.Cmpsq => 8,
            _ => throw GeneralProtection(),
        };
        // Addresses and counts of 32 bits when there is a prefix for it.
        ulong reach = IsNarrow(in i) ? uint.MaxValue : ulong.MaxValue;
        if (!i.HasRepPrefix && !i.HasRepnePrefix)
        {
            StringStep(in i, size, reach);
            return;
        }

        // A fault or the end of the batch leaves the counts as they are: the instruction goes on from there.
        // The trap flag traps after every step.
        const int Most = 4096;
        int batch = (_flags & Tf) != 0 ? 1 : Most;
        bool compares = i.Mnemonic is >= Mnemonic.Cmpsb and <= Mnemonic.Cmpsw or >= Mnemonic.Scasb and <= Mnemonic.Scasw;
        for (int n = 0; (_g[1] & reach) != 0; n++)
        {
            if (n == batch || (_codeWritten && n > 0))
            {
                _next = i.IP;
                return;
            }

            StringStep(in i, size, reach);
            _g[1] = (_g[1] - 1) & reach;
            _flagsBefore = _flags;
            if (compares && ((_flags & Zf) != 0) == i.HasRepnePrefix)
            {
                return;
            }
        }
    }

    private static bool IsNarrow(in Instruction i)
    {
        for (int operand = 0; operand < i.OpCount; operand++)
        {
            if (i.GetOpKind(operand) is OpKind.MemorySegESI or OpKind.MemoryESEDI)
            {
                return true;
            }
        }

        return false;
    }

    private void StringStep(in Instruction i, int size, ulong reach)
    {
        ulong step = (_flags & Df) != 0 ? (ulong)-size : (ulong)size;
        ulong source = (_g[6] & reach) + (i.SegmentPrefix switch { Register.FS => _fsBase, Register.GS => _gsBase, _ => 0 });
        ulong target = _g[7] & reach;
        switch (i.Mnemonic)
        {
            case Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq:
                Store(target, size, Load(source, size));
                Step(ref _g[6], step, reach);
                Step(ref _g[7], step, reach);
                break;
            case Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq:
                Store(target, size, _g[0] & Mask(size));
                Step(ref _g[7], step, reach);
                break;
            case Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq:
                ulong value = Load(source, size);
                _g[0] = size >= 4 ? value : (_g[0] & ~Mask(size)) | value;
                Step(ref _g[6], step, reach);
                break;
            case Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq:
                Subtract(_g[0] & Mask(size), Load(target, size), 0, size);
                Step(ref _g[7], step, reach);
                break;
            default:
                ulong left = Load(source, size);
                Subtract(left, Load(target, size), 0, size);
                Step(ref _g[6], step, reach);
                Step(ref _g[7], step, reach);
                break;
        }
    }

    private static void Step(ref ulong register, ulong step, ulong reach) => register = (register + step) & reach;
}
