namespace Sim.Arch.X86_64.Interpreter;

/// <summary>What a frequent instruction does, whatever its operands.</summary>
internal enum X86OpKind : byte
{
    /// <summary>An instruction that is executed as Iced describes it.</summary>
    General,
    Nothing,
    Move,
    Load,
    LoadSigned,
    Extend,
    ExtendSigned,
    Store,
    Lea,
    Add,
    Subtract,
    And,
    Or,
    Xor,
    Compare,
    Test,
    ShiftLeft,
    ShiftRight,
    ShiftRightAlgebraic,
    Multiply,
    MultiplyFromMemory,
    FromMemory,
    ToMemory,
    MemoryAlone,
    Set,
    ConditionalMove,
    Push,
    Pop,
    Branch,
    Jump,
    Call,
    Return,
}

/// <summary>
/// A frequent instruction, ready to be executed. An operand that is a register or a constant is the sum of both: the
/// register is <see cref="Zero"/> or the constant is 0. A memory operand is a base, a scaled index and a constant.
/// </summary>
internal struct X86Op
{
    /// <summary>The number of a register that is always 0.</summary>
    internal const byte Zero = 16;

    /// <summary>What it does.</summary>
    internal X86OpKind Kind;

    /// <summary>What it computes, when memory is an operand: <see cref="X86OpKind.Add"/> to <see cref="X86OpKind.Test"/>.</summary>
    internal X86OpKind Arithmetic;

    /// <summary>The register that is written; the left operand.</summary>
    internal byte Target;

    /// <summary>The right operand.</summary>
    internal byte Source;

    /// <summary>The base of the address.</summary>
    internal byte Base;

    /// <summary>The index of the address.</summary>
    internal byte Index;

    /// <summary>The binary logarithm of the scale.</summary>
    internal byte Scale;

    /// <summary>Bytes of the operands; of the source when the instruction extends.</summary>
    internal byte Size;

    /// <summary>The condition.</summary>
    internal Iced.Intel.ConditionCode Condition;

    /// <summary>Whether a fault of the access is one of the stack segment.</summary>
    internal bool IsStack;

    /// <summary>The bits of the result.</summary>
    internal ulong Mask;

    /// <summary>The constant of the right operand; the target of a branch.</summary>
    internal ulong Constant;

    /// <summary>The constant of the address; where a call returns to.</summary>
    internal ulong Displacement;
}
