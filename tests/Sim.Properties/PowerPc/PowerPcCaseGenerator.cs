using Sim.Explore;

namespace Sim.Properties.PowerPc;

/// <summary>Random cases: operands that are edge values, random words, or addresses of the window.</summary>
internal sealed class PowerPcCaseGenerator(ulong seed)
{
    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 1, 0xffff_ffff_8000_0000, 0x1f, 0x20, 0x3f, 0x40,
    ];

    private static readonly double[] s_reals =
    [
        0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 3.0, 0.1, -0.1, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue,
        double.Epsilon, 2.2250738585072014E-308, float.MaxValue, 1.1754943508222875E-38, float.Epsilon, 4294967296.0, 2147483648.0,
        -2147483649.0, 9223372036854775808.0, 18446744073709551616.0, 1e10, 123456.75, 1e-300, 3.4e38,
    ];

    private readonly Prng _random = new(seed);

    /// <summary>One instruction of a form; null when there is none that is defined.</summary>
    internal PowerPcCase? Single(PowerPcForm form)
    {
        for (int attempt = 0; attempt < 2000; attempt++)
        {
            uint word = Word(form);
            ulong[] state = State(word);
            if (PowerPcUndefined.IsDefined(word, state))
            {
                return new PowerPcCase(state, [word], Window());
            }
        }

        return null;
    }

    /// <summary>Three instructions one after the other, of which none leaves anything undefined.</summary>
    internal PowerPcCase? Sequence(IReadOnlyList<PowerPcForm> forms)
    {
        uint[] code = new uint[3];
        for (int i = 0; i < code.Length; i++)
        {
            do
            {
                code[i] = Word(forms[_random.Below(forms.Count)]);
            }
            while (PowerPcUndefined.MayBe(code[i]));
        }

        ulong[] state = State(code[0]);
        Point(state, code[1]);
        Point(state, code[2]);
        return new PowerPcCase(state, code, Window());
    }

    /// <summary>A word that may be any.</summary>
    internal uint AnyWord() => (uint)_random.Next();

    /// <summary>A word of a form.</summary>
    internal uint Word(PowerPcForm form)
    {
        uint word = form.Word | ((uint)_random.Next() & form.Free);
        bool isAccess = (form.Free & 0xffff) >= 0xfffc && form.Word >> 26 >= 32;
        if (isAccess)
        {
            // Displacements that stay in the window, most of the time.
            word = _random.Below(8) == 0 ? word : (word & ~0xffffu) | ((uint)(_random.Below(64) - 32) & form.Free & 0xffff) | (form.Word & 3);
        }

        return word;
    }

    internal ulong[] State(uint word)
    {
        ulong[] state = new ulong[PowerPcState.Words];
        for (int i = 0; i < 32; i++)
        {
            state[i] = Number();
            state[PowerPcState.Float + i] = Real();
        }

        Point(state, word);
        state[PowerPcState.Cr] = (uint)_random.Next();
        state[PowerPcState.Xer] = ((uint)_random.Next() & 0xe000_0000) | (uint)_random.Below(128);

        // Branches lead before the case: nothing goes round.
        state[PowerPcState.Ctr] = _random.Below(2) == 0 ? (ulong)_random.Below(3) : PowerPcPlaces.Code + (4 * (ulong)_random.Below(512));
        state[PowerPcState.Link] = PowerPcPlaces.Code + (ulong)_random.Below(2048);

        // FPSCR: flags and rounding. The exceptions are not enabled: whether they trap is the kernel's choice.
        state[PowerPcState.Float + 31] = (uint)_random.Next() & (_random.Below(2) == 0 ? 3u : 0x9ff8_ff03 & ~0xf8u);
        return state;
    }

    /// <summary>Base and index of an access lead to the window, most of the time.</summary>
    private void Point(ulong[] state, uint word)
    {
        int a = (int)(word >> 16) & 31;
        int b = (int)(word >> 11) & 31;
        if (_random.Below(16) != 0 && word >> 26 >= 31)
        {
            bool aligned = _random.Below(2) == 0;
            ulong address = PowerPcPlaces.Window + 64 + (ulong)(aligned ? 8 * _random.Below(16) : _random.Below(128));
            ulong index = (ulong)((aligned ? 8 : 1) * (_random.Below(8) - 4));
            state[b] = a == 0 ? address : index;
            state[a] = a == b ? PowerPcPlaces.Window / 2 : address;
        }
    }

    private ulong Number() => _random.Below(4) switch
    {
        0 => s_edges[_random.Below(s_edges.Length)],
        1 => _random.Next() >> _random.Below(64),
        2 => (ulong)((long)_random.Next() >> _random.Below(64)),
        _ => _random.Next(),
    };

    private ulong Real() => _random.Below(5) switch
    {
        0 => BitConverter.DoubleToUInt64Bits(s_reals[_random.Below(s_reals.Length)]),
        1 => BitConverter.DoubleToUInt64Bits((int)_random.Next() * Math.ScaleB(1, _random.Below(40) - 10)),
        2 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)_random.Next())),
        3 => 0x7ff0_0000_0000_0000 | (_random.Next() & 0x800f_ffff_ffff_ffff),
        _ => _random.Next(),
    };

    private ulong[] Window() => [.. Enumerable.Range(0, PowerPcPlaces.WindowWords).Select(_ => _random.Below(2) == 0 ? Number() : Real())];
}
