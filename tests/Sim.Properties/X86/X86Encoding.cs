using Iced.Intel;
using Sim.Explore;

namespace Sim.Properties.X86;

/// <summary>Random encodings of an opcode form, byte by byte.</summary>
internal ref struct X86Encoding
{
    private readonly Prng _random;
    private readonly OpCodeInfo _form;
    private readonly Span<byte> _bytes;
    private readonly bool _inSequence;
    private readonly bool _hasModRm;
    private bool _isMemory;
    private int _length;

    private X86Encoding(Prng random, OpCodeInfo form, bool inSequence, Span<byte> bytes)
    {
        _random = random;
        _form = form;
        _bytes = bytes;
        _inSequence = inSequence;
        _hasModRm = X86Forms.HasModRm(form);
        _isMemory = random.Below(2) == 0;
    }

    /// <summary>Writes an instruction of the form, often, and random bytes behind it.</summary>
    /// <param name="random">Chooses registers, addressing, prefixes and what follows.</param>
    /// <param name="form">The form.</param>
    /// <param name="inSequence">Memory is at r15, and there is no prefix that changes addresses.</param>
    /// <param name="bytes">Where; 40 bytes are enough.</param>
    /// <returns>How many bytes were written.</returns>
    internal static int Encode(Prng random, OpCodeInfo form, bool inSequence, Span<byte> bytes)
    {
        var encoding = new X86Encoding(random, form, inSequence, bytes);
        encoding.Prefixes();
        encoding.Opcode();
        for (int tail = encoding._length + 14; encoding._length < tail;)
        {
            encoding.Put(random.Below(6) switch { 0 => 0, 1 => 0xff, 2 => random.Below(66), _ => random.Below(256) });
        }

        return encoding._length;
    }

    private void Put(int value) => _bytes[_length++] = (byte)value;

    private readonly bool OneIn(int n) => _random.Below(n) == 0;

    private void Prefixes()
    {
        if (_form.CanUseLockPrefix && _hasModRm && OneIn(4))
        {
            _isMemory = true;
            Put(0xf0);
        }

        if (_form.CanUseRepPrefix && OneIn(2))
        {
            Put(_form.CanUseRepnePrefix && OneIn(2) ? 0xf2 : 0xf3);
        }

        if (_form.AddressSize == 32 || (!_inSequence && OneIn(12)))
        {
            Put(0x67);
        }

        if (!_inSequence && OneIn(12))
        {
            Put(0x65);
        }

        if (_form.OperandSize == 16)
        {
            Put(0x66);
        }

        int mandatory = _form.MandatoryPrefix switch
        {
            MandatoryPrefix.P66 => 0x66,
            MandatoryPrefix.PF3 => 0xf3,
            MandatoryPrefix.PF2 => 0xf2,
            _ => 0,
        };
        if (mandatory != 0)
        {
            Put(mandatory);
        }

        int rex = (_form.OperandSize == 64 ? 8 : 0) | _random.Below(8) | (_inSequence && _isMemory ? 1 : 0);
        if (rex != 0 || OneIn(4))
        {
            Put(0x40 | rex);
        }
    }

    private void Opcode()
    {
        if (_form.Table != OpCodeTableKind.Normal)
        {
            Put(0x0f);
        }

        if (_form.Table is OpCodeTableKind.T0F38 or OpCodeTableKind.T0F3A)
        {
            Put(_form.Table == OpCodeTableKind.T0F38 ? 0x38 : 0x3a);
        }

        if (_form.OpCodeLength == 2)
        {
            Put((int)(_form.OpCode >> 8));
        }

        Put((int)_form.OpCode | (X86Forms.HasOpcodeRegister(_form) ? _random.Below(8) : 0));
        if (_hasModRm && _form.OpCodeLength == 1)
        {
            int register = _form.IsGroup ? _form.GroupIndex : _random.Below(8);
            int rm = _form.IsRmGroup ? _form.RmGroupIndex : _inSequence && _isMemory ? 7 : _random.Below(8);
            int mod = !_isMemory ? 3 : _inSequence ? 1 : _random.Below(3);
            Put((mod << 6) | (register << 3) | rm);
        }
    }
}
