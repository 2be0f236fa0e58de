namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>What an instruction does; variants that differ in operands alone share one.</summary>
internal enum PowerPcOp : byte
{
    /// <summary>The processor has no such instruction.</summary>
    Undefined,

    /// <summary>An instruction of the kernel.</summary>
    Privileged,

    /// <summary>Barriers and hints.</summary>
    Nothing,

    // Loads and stores.
    LoadByte,
    LoadHalf,
    LoadHalfAlgebraic,
    LoadWord,
    LoadWordAlgebraic,
    LoadDouble,
    StoreByte,
    StoreHalf,
    StoreWord,
    StoreDouble,
    LoadReversed,
    StoreReversed,
    LoadMultiple,
    StoreMultiple,
    LoadString,
    StoreString,
    LoadReserve,
    StoreConditional,
    ClearBlock,
    LoadFloatSingle,
    LoadFloatDouble,
    LoadFloatWordAlgebraic,
    StoreFloatSingle,
    StoreFloatDouble,
    StoreFloatWord,

    // Arithmetic.
    AddImmediate,
    Add,
    SubtractFrom,
    AddImmediateCarrying,
    SubtractFromImmediate,
    AddCarrying,
    SubtractFromCarrying,
    AddExtended,
    SubtractFromExtended,
    AddToMinusOne,
    SubtractFromMinusOne,
    AddToZero,
    SubtractFromZero,
    Negate,
    MultiplyImmediate,
    MultiplyWord,
    MultiplyHighWord,
    MultiplyHighWordUnsigned,
    MultiplyDouble,
    MultiplyHighDouble,
    MultiplyHighDoubleUnsigned,
    DivideWord,
    DivideWordUnsigned,
    DivideDouble,
    DivideDoubleUnsigned,
    DivideWordExtended,
    DivideWordExtendedUnsigned,
    DivideDoubleExtended,
    DivideDoubleExtendedUnsigned,

    // Comparison and selection.
    CompareImmediate,
    CompareLogicalImmediate,
    Compare,
    CompareLogical,
    Select,

    // Logic.
    AndImmediate,
    OrImmediate,
    XorImmediate,
    And,
    AndComplement,
    Or,
    OrComplement,
    Xor,
    Nor,
    Nand,
    Equivalent,
    ExtendByte,
    ExtendHalf,
    ExtendWord,
    CountLeadingZerosWord,
    CountLeadingZerosDouble,
    PopulationCountBytes,
    PopulationCountWords,
    PopulationCountDouble,
    ParityWord,
    ParityDouble,
    CompareBytes,
    PermuteBits,

    // Shifts and rotates.
    ShiftLeftWord,
    ShiftRightWord,
    ShiftRightAlgebraicWord,
    ShiftRightAlgebraicWordImmediate,
    ShiftLeftDouble,
    ShiftRightDouble,
    ShiftRightAlgebraicDouble,
    ShiftRightAlgebraicDoubleImmediate,
    RotateWord,
    RotateWordByRegister,
    RotateWordInsert,
    RotateDouble,
    RotateDoubleByRegister,
    RotateDoubleInsert,

    // The condition register.
    CrAnd,
    CrAndComplement,
    CrOr,
    CrOrComplement,
    CrXor,
    CrNor,
    CrNand,
    CrEquivalent,
    MoveCrField,
    MoveXerToCr,
    MoveFromCr,
    MoveToCr,

    // Special registers.
    MoveFromXer,
    MoveFromLink,
    MoveFromCtr,
    MoveFromVrsave,
    MoveFromTimeBase,
    MoveFromTimeBaseUpper,
    MoveFromVersion,
    MoveToXer,
    MoveToLink,
    MoveToCtr,
    MoveToVrsave,

    // What ends a block.
    Branch,
    BranchConditional,
    BranchToLink,
    BranchToCtr,
    SystemCall,
    TrapWord,
    TrapDouble,
    InstructionSync,

    // Floating point.
    FloatAdd,
    FloatSubtract,
    FloatMultiply,
    FloatDivide,
    FloatSquareRoot,
    FloatMultiplyAdd,
    FloatMultiplySubtract,
    FloatNegativeMultiplyAdd,
    FloatNegativeMultiplySubtract,
    FloatReciprocalEstimate,
    FloatReciprocalRootEstimate,
    FloatSelect,
    FloatRoundToSingle,
    FloatMove,
    FloatNegate,
    FloatAbsolute,
    FloatNegativeAbsolute,
    FloatCopySign,
    FloatToInteger,
    FloatFromInteger,
    FloatRoundToInteger,
    FloatCompare,
    MoveFromFpscr,
    MoveToFpscr,
    MoveToFpscrImmediate,
    MoveToFpscrBit,
    MoveFpscrToCr,
}

/// <summary>What an instruction does besides.</summary>
[Flags]
internal enum PowerPcVariant : byte
{
    None = 0,

    /// <summary>Rc: the result is compared with 0.</summary>
    Record = 1,

    /// <summary>OE: the overflow is kept.</summary>
    Overflow = 2,

    /// <summary>The base register takes the address.</summary>
    Update = 4,

    /// <summary>LK: the link register takes the address behind.</summary>
    Link = 8,

    /// <summary>The operands are 64 bits wide.</summary>
    Wide = 16,

    /// <summary>The result is rounded to single precision.</summary>
    Narrow = 32,

    /// <summary>A word of integers, toward zero, ordered, set: what the instruction's own bit says.</summary>
    First = 64,

    /// <summary>The same, of a second bit.</summary>
    Second = 128,
}
