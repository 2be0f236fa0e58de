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
        bool repeats = i.HasRepPrefix || i.HasRepnePrefix;
        if (!repeats)
        {
            StringStep(in i, size);
            return;
        }

        // A fault or the end of the batch leaves the counts as they are: the instruction goes on from there.
        const int Batch = 4096;
        bool compares = i.Mnemonic is >= Mnemonic.Cmpsb and <= Mnemonic.Cmpsw or >= Mnemonic.Scasb and <= Mnemonic.Scasw;
        for (int n = 0; _g[1] != 0; n++)
        {
            if (n == Batch)
            {
                _next = i.IP;
                return;
            }

            StringStep(in i, size);
            _g[1]--;
            if (compares && ((_flags & Zf) != 0) == i.HasRepnePrefix)
            {
                return;
            }

            if (_codeWritten && _g[1] != 0)
            {
                _next = i.IP;
                return;
            }
        }
    }

    private void StringStep(in Instruction i, int size)
    {
        ulong step = (_flags & Df) != 0 ? (ulong)-size : (ulong)size;
        ulong source = _g[6] + (i.SegmentPrefix switch { Register.FS => _fsBase, Register.GS => _gsBase, _ => 0 });
        switch (i.Mnemonic)
        {
            case Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq:
                Store(_g[7], size, Load(source, size));
                _g[6] += step;
                _g[7] += step;
                break;
            case Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq:
                Store(_g[7], size, _g[0] & Mask(size));
                _g[7] += step;
                break;
            case Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq:
                ulong value = Load(source, size);
                _g[0] = size >= 4 ? value : (_g[0] & ~Mask(size)) | value;
                _g[6] += step;
                break;
            case Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq:
                Subtract(_g[0] & Mask(size), Load(_g[7], size), 0, size);
                _g[7] += step;
                break;
            default:
                ulong left = Load(source, size);
                Subtract(left, Load(_g[7], size), 0, size);
                _g[6] += step;
                _g[7] += step;
                break;
        }
    }
}
