namespace Sim.Arch.X86_64.Interpreter;

/// <summary>An instruction cannot be completed; nothing of it has happened. Never leaves the interpreter.</summary>
internal sealed class X86Fault(AccessFault fault, int trapNo) : Exception
{
    internal AccessFault Fault => fault;

    internal int TrapNo => trapNo;
}
