namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>A decoded instruction.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Variant">What it does besides.</param>
/// <param name="T">Bits 6 to 10: target or source, BO, BT.</param>
/// <param name="A">Bits 11 to 15: RA, BI, BA; <see cref="Zero"/> where 0 stands for no register.</param>
/// <param name="B">Bits 16 to 20: RB, SH, BB; <see cref="Zero"/> where there is a displacement.</param>
/// <param name="C">Bits 21 to 25, or the number of bytes of an access.</param>
/// <param name="Immediate">The displacement or immediate operand, extended; the target of a branch.</param>
/// <param name="Mask">The mask of a rotate.</param>
internal readonly record struct PowerPcInstruction(
    PowerPcOp Op, PowerPcVariant Variant, byte T, byte A, byte B, byte C, long Immediate, ulong Mask = 0)
{
    /// <summary>The number of a register that is always 0.</summary>
    internal const byte Zero = 32;

    internal bool Records => (Variant & PowerPcVariant.Record) != PowerPcVariant.None;

    internal bool Overflows => (Variant & PowerPcVariant.Overflow) != PowerPcVariant.None;

    internal bool Updates => (Variant & PowerPcVariant.Update) != PowerPcVariant.None;

    internal bool Links => (Variant & PowerPcVariant.Link) != PowerPcVariant.None;

    internal bool IsWide => (Variant & PowerPcVariant.Wide) != PowerPcVariant.None;

    internal bool IsNarrow => (Variant & PowerPcVariant.Narrow) != PowerPcVariant.None;

    internal bool IsFirst => (Variant & PowerPcVariant.First) != PowerPcVariant.None;

    internal bool IsSecond => (Variant & PowerPcVariant.Second) != PowerPcVariant.None;

    /// <summary>Whether a block of decoded instructions ends with it.</summary>
    internal bool EndsBlock => Op is PowerPcOp.Undefined or PowerPcOp.Privileged or PowerPcOp.MoveFromTimeBase or
        PowerPcOp.MoveFromTimeBaseUpper || (Op >= PowerPcOp.Branch && Op <= PowerPcOp.InstructionSync);

    /// <summary>Whether it is a branch, taken or not.</summary>
    internal bool IsBranch => Op >= PowerPcOp.Branch && Op <= PowerPcOp.BranchToCtr;
}
