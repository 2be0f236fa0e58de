namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Bits of the floating point status and control register.</summary>
#pragma warning disable MA0062 // FPRF is a field of five bits
[Flags]
internal enum PowerPcFpscr : uint
{
    None = 0,
    Fx = 0x8000_0000,
    Fex = 0x4000_0000,
    Vx = 0x2000_0000,
    Ox = 0x1000_0000,
    Ux = 0x0800_0000,
    Zx = 0x0400_0000,
    Xx = 0x0200_0000,
    VxSnan = 0x0100_0000,
    VxIsi = 0x0080_0000,
    VxIdi = 0x0040_0000,
    VxZdz = 0x0020_0000,
    VxImz = 0x0010_0000,
    VxVc = 0x0008_0000,
    Fr = 0x0004_0000,
    Fi = 0x0002_0000,
    Fprf = 0x0001_f000,
    Fpcc = 0x0000_f000,
    VxSoft = 0x0000_0400,
    VxSqrt = 0x0000_0200,
    VxCvi = 0x0000_0100,
    Ve = 0x80,
    Oe = 0x40,
    Ue = 0x20,
    Ze = 0x10,
    Xe = 0x08,
    Rn = 0x03,

    /// <summary>Every reason of VX.</summary>
    Invalid = VxSnan | VxIsi | VxIdi | VxZdz | VxImz | VxVc | VxSoft | VxSqrt | VxCvi,

    /// <summary>What sets FX when it is new.</summary>
    Exceptions = Invalid | Ox | Ux | Zx | Xx,
}
#pragma warning restore MA0062

/// <summary>RN: how a result that does not fit is rounded.</summary>
internal enum PowerPcRounding
{
    Nearest,
    Zero,
    Up,
    Down,

    /// <summary>To nearest, and from the middle away from zero; frin alone.</summary>
    NearestAway,
}
