namespace Sim.Properties.PowerPc;

/// <summary>A form of an instruction: a word, and the bits of it that may be anything.</summary>
/// <param name="Name">Its mnemonic.</param>
/// <param name="Word">The word.</param>
/// <param name="Free">The free bits.</param>
internal sealed record PowerPcForm(string Name, uint Word, uint Free);

/// <summary>The forms that are compared: those of Power ISA 2.06 that the interpreter has, with no reserved bit set.</summary>
internal static class PowerPcForms
{
    private const uint T = 31u << 21;
    private const uint A = 31u << 16;
    private const uint B = 31u << 11;
    private const uint C = 31u << 6;
    private const uint Oe = 1u << 10;
    private const uint Rc = 1;
    private const uint D = 0xffff;
    private const uint Bf = 7u << 23;
    private const uint L = 1u << 21;

    internal static IReadOnlyList<PowerPcForm> All { get; } =
    [
        .. Immediate(), .. Access(), .. Arithmetic(), .. Logic(), .. Branches(), .. Special(), .. Float(),
    ];

    private static uint X(uint primary, uint extended) => (primary << 26) | (extended << 1);

    private static PowerPcForm Of(string name, uint word, uint free) => new(name, word, free);

    private static IEnumerable<PowerPcForm> Immediate()
    {
        (string Name, uint Primary)[] plain =
        [
            ("mulli", 7), ("subfic", 8), ("addic", 12), ("addic.", 13), ("addi", 14), ("addis", 15), ("ori", 24), ("oris", 25),
            ("xori", 26), ("xoris", 27), ("andi.", 28), ("andis.", 29), ("tdi", 2), ("twi", 3),
        ];
        foreach ((string name, uint primary) in plain)
        {
            yield return Of(name, X(primary, 0), T | A | D);
        }

        yield return Of("cmpli", X(10, 0), Bf | L | A | D);
        yield return Of("cmpi", X(11, 0), Bf | L | A | D);
        yield return Of("rlwimi", X(20, 0), T | A | D);
        yield return Of("rlwinm", X(21, 0), T | A | D);
        yield return Of("rlwnm", X(23, 0), T | A | D);
        (string Name, uint Kind)[] rotates = [("rldicl", 0), ("rldicr", 4), ("rldic", 8), ("rldimi", 12)];
        foreach ((string name, uint kind) in rotates)
        {
            yield return Of(name, X(30, 0) | kind, T | A | B | C | 0x23);
        }

        yield return Of("rldcl", X(30, 8), T | A | B | C | 0x21);
        yield return Of("rldcr", X(30, 9), T | A | B | C | 0x21);
    }

    private static IEnumerable<PowerPcForm> Access()
    {
        string[] displaced =
        [
            "lwz", "lwzu", "lbz", "lbzu", "stw", "stwu", "stb", "stbu", "lhz", "lhzu", "lha", "lhau", "sth", "sthu", "lmw",
            "stmw", "lfs", "lfsu", "lfd", "lfdu", "stfs", "stfsu", "stfd", "stfdu",
        ];
        for (uint i = 0; i < displaced.Length; i++)
        {
            yield return Of(displaced[i], X(32 + i, 0), T | A | D);
        }

        (string Name, uint Primary, uint Kind)[] doubles = [("ld", 58, 0), ("ldu", 58, 1), ("lwa", 58, 2), ("std", 62, 0), ("stdu", 62, 1)];
        foreach ((string name, uint primary, uint kind) in doubles)
        {
            yield return Of(name, X(primary, 0) | kind, T | A | 0xfffc);
        }

        (string Name, uint Extended)[] indexed =
        [
            ("ldx", 21), ("lwzx", 23), ("ldux", 53), ("lwzux", 55), ("lbzx", 87), ("lbzux", 119), ("stdx", 149), ("stwx", 151),
            ("stdux", 181), ("stwux", 183), ("stbx", 215), ("stbux", 247), ("lhzx", 279), ("lhzux", 311), ("lwax", 341),
            ("lhax", 343), ("lwaux", 373), ("lhaux", 375), ("sthx", 407), ("sthux", 439), ("ldbrx", 532), ("lswx", 533),
            ("lwbrx", 534), ("lfsx", 535), ("lfsux", 567), ("lswi", 597), ("lfdx", 599), ("lfdux", 631), ("stdbrx", 660),
            ("stswx", 661), ("stwbrx", 662), ("stfsx", 663), ("stfsux", 695), ("stswi", 725), ("stfdx", 727), ("stfdux", 759),
            ("lhbrx", 790), ("lfiwax", 855), ("lfiwzx", 887), ("sthbrx", 918), ("stfiwx", 983), ("lwarx", 20), ("ldarx", 84),
        ];
        foreach ((string name, uint extended) in indexed)
        {
            yield return Of(name, X(31, extended), T | A | B);
        }

        yield return Of("dcbz", X(31, 1014), A | B);
    }

    private static IEnumerable<PowerPcForm> Arithmetic()
    {
        (string Name, uint Extended)[] both =
        [
            ("subfc", 8), ("addc", 10), ("subf", 40), ("subfe", 136), ("adde", 138), ("mulld", 233), ("mullw", 235), ("add", 266),
            ("divdeu", 393), ("divweu", 395), ("divde", 425), ("divwe", 427), ("divdu", 457), ("divwu", 459), ("divd", 489), ("divw", 491),
        ];
        foreach ((string name, uint extended) in both)
        {
            yield return Of(name, X(31, extended), T | A | B | Oe | Rc);
        }

        (string Name, uint Extended)[] one = [("neg", 104), ("subfze", 200), ("addze", 202), ("subfme", 232), ("addme", 234)];
        foreach ((string name, uint extended) in one)
        {
            yield return Of(name, X(31, extended), T | A | Oe | Rc);
        }

        (string Name, uint Extended)[] high = [("mulhdu", 9), ("mulhwu", 11), ("mulhd", 73), ("mulhw", 75)];
        foreach ((string name, uint extended) in high)
        {
            yield return Of(name, X(31, extended), T | A | B | Rc);
        }

        yield return Of("cmp", X(31, 0), Bf | L | A | B);
        yield return Of("cmpl", X(31, 32), Bf | L | A | B);
        yield return Of("isel", X(31, 15), T | A | B | C);
        yield return Of("tw", X(31, 4), T | A | B);
        yield return Of("td", X(31, 68), T | A | B);
    }

    private static IEnumerable<PowerPcForm> Logic()
    {
        (string Name, uint Extended)[] two =
        [
            ("slw", 24), ("sld", 27), ("and", 28), ("andc", 60), ("nor", 124), ("eqv", 284), ("xor", 316), ("orc", 412), ("or", 444),
            ("nand", 476), ("srw", 536), ("srd", 539), ("sraw", 792), ("srad", 794), ("srawi", 824),
        ];
        foreach ((string name, uint extended) in two)
        {
            yield return Of(name, X(31, extended), T | A | B | Rc);
        }

        (string Name, uint Extended)[] one = [("cntlzw", 26), ("cntlzd", 58), ("extsh", 922), ("extsb", 954), ("extsw", 986)];
        foreach ((string name, uint extended) in one)
        {
            yield return Of(name, X(31, extended), T | A | Rc);
        }

        (string Name, uint Extended)[] counts = [("popcntb", 122), ("prtyw", 154), ("prtyd", 186), ("popcntw", 378), ("popcntd", 506)];
        foreach ((string name, uint extended) in counts)
        {
            yield return Of(name, X(31, extended), T | A);
        }

        yield return Of("sradi", X(31, 826), T | A | B | 3);
        yield return Of("bpermd", X(31, 252), T | A | B);
        yield return Of("cmpb", X(31, 508), T | A | B);
    }

    private static IEnumerable<PowerPcForm> Branches()
    {
        // Behind the case: nothing goes round.
        yield return Of("b", X(18, 0) | 0x10, 0x3ed);
        yield return Of("bc", X(16, 0) | 0x10, T | A | 0x3ed);
        yield return Of("bclr", X(19, 16), T | A | 1);
        yield return Of("bcctr", X(19, 528) | (4u << 21), T | A | 1);
        yield return Of("mcrf", X(19, 0), Bf | (7u << 18));
        yield return Of("isync", X(19, 150), 0);
        uint[] conditions = [33, 129, 193, 225, 257, 289, 417, 449];
        foreach (uint extended in conditions)
        {
            yield return Of($"cr {extended}", X(19, extended), T | A | B);
        }
    }

    private static IEnumerable<PowerPcForm> Special()
    {
        yield return Of("mfcr", X(31, 19), T);
        yield return Of("mfocrf", X(31, 19) | (1u << 20), T | 0xff000);
        yield return Of("mtcrf", X(31, 144), T | 0xff000);
        yield return Of("mtocrf", X(31, 144) | (1u << 20), T | 0xff000);
        foreach (uint register in (uint[])[1, 8, 9])
        {
            yield return Of($"mfspr {register}", X(31, 339) | (register << 16), T);
            yield return Of($"mtspr {register}", X(31, 467) | (register << 16), T);
        }

        yield return Of("mcrxr", X(31, 512), Bf);
        yield return Of("sync", X(31, 598), 0);
    }

    private static IEnumerable<PowerPcForm> Float()
    {
        foreach (uint primary in (uint[])[59, 63])
        {
            string single = primary == 59 ? "s" : "";
            yield return Of($"fdiv{single}", X(primary, 18), T | A | B | Rc);
            yield return Of($"fsub{single}", X(primary, 20), T | A | B | Rc);
            yield return Of($"fadd{single}", X(primary, 21), T | A | B | Rc);
            yield return Of($"fsqrt{single}", X(primary, 22), T | B | Rc);
            yield return Of($"fmul{single}", X(primary, 25), T | A | C | Rc);
            yield return Of($"fmsub{single}", X(primary, 28), T | A | B | C | Rc);
            yield return Of($"fmadd{single}", X(primary, 29), T | A | B | C | Rc);
            yield return Of($"fnmsub{single}", X(primary, 30), T | A | B | C | Rc);
            yield return Of($"fnmadd{single}", X(primary, 31), T | A | B | C | Rc);
            yield return Of($"fcfid{single}", X(primary, 846), T | B | Rc);
            yield return Of($"fcfidu{single}", X(primary, 974), T | B | Rc);
        }

        yield return Of("fsel", X(63, 23), T | A | B | C | Rc);
        yield return Of("fcmpu", X(63, 0), Bf | A | B);
        yield return Of("fcmpo", X(63, 32), Bf | A | B);
        yield return Of("fcpsgn", X(63, 8), T | A | B | Rc);
        (string Name, uint Extended)[] one =
        [
            ("frsp", 12), ("fctiw", 14), ("fctiwz", 15), ("fneg", 40), ("fmr", 72), ("fnabs", 136), ("fctiwu", 142), ("fctiwuz", 143),
            ("fabs", 264), ("frin", 392), ("friz", 424), ("frip", 456), ("frim", 488), ("fctid", 814), ("fctidz", 815), ("fctidu", 942),
            ("fctiduz", 943),
        ];
        foreach ((string name, uint extended) in one)
        {
            yield return Of(name, X(63, extended), T | B | Rc);
        }

        yield return Of("mtfsb1", X(63, 38), T | Rc);
        yield return Of("mtfsb0", X(63, 70), T | Rc);
        yield return Of("mcrfs", X(63, 64), Bf | (7u << 18));
        yield return Of("mtfsfi", X(63, 134), Bf | (15u << 12) | Rc);
        yield return Of("mffs", X(63, 583), T | Rc);
        yield return Of("mtfsf", X(63, 711), (0xffu << 17) | B | Rc);
    }
}
