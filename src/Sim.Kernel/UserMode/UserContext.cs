using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.UserMode;

/// <summary>
/// User mode of a task whose program is a routine: the program, the call in progress and the signal frames
/// on its stack. It belongs to the task; a tracer looks at it while the task is stopped.
/// </summary>
public sealed class UserContext : MachineObject
{
    internal UserContext(TaskStruct task, UserProgram program)
        : base(task.Machine, "user", task.GivenLabel)
    {
        Program = new GuardedRef<ProgramImage>(this, "program", null, new ProgramImage(task.Machine, program));
        Result = new Guarded<long>(this, "result", null);
        InCall = new Guarded<bool>(this, "in_call", null);
        Restarts = new Guarded<bool>(this, "restarts", null);
        StackPointer = new Guarded<ulong>(this, "stack_pointer", null);
        RestoresAll = new Guarded<bool>(this, "restores_all", null);
        SasSp = new Guarded<ulong>(this, "sas_ss_sp", null);
        SasSize = new Guarded<ulong>(this, "sas_ss_size", null);
        Frames = new MachineList<SignalFrame>(this, "frames", null);
    }

    /// <summary>What the task runs; exec changes it.</summary>
    public GuardedRef<ProgramImage> Program { get; }

    /// <summary>What the call in progress will answer: the register for results.</summary>
    public Guarded<long> Result { get; }

    /// <summary>Whether the way out of the kernel is that of a system call.</summary>
    public Guarded<bool> InCall { get; }

    /// <summary>Whether the call begins again when user mode is reached: the instruction pointer is on it.</summary>
    public Guarded<bool> Restarts { get; }

    /// <summary>Where execve() put argc, argv and envp; 0 before.</summary>
    public Guarded<ulong> StackPointer { get; }

    /// <summary>Whether sigreturn() made the registers final: the exit of the call leaves them alone.</summary>
    internal Guarded<bool> RestoresAll { get; }

    private Guarded<ulong> SasSp { get; }

    private Guarded<ulong> SasSize { get; }

    /// <summary>The alternate signal stack.</summary>
    public AltStack AltStack(Cpu cpu) => new(SasSp.Get(cpu), SasSize.Get(cpu));

    /// <summary>Changes the alternate signal stack.</summary>
    internal void SetAltStack(Cpu cpu, AltStack stack)
    {
        SasSp.Set(cpu, stack.Sp);
        SasSize.Set(cpu, stack.Size);
    }

    /// <summary>Whether the program is machine code, so that calls and frames are in registers and memory.</summary>
    internal bool IsMachineCode(Cpu cpu) => Program.Get(cpu)!.Program is MachineProgram;

    /// <summary>Signal frames of routine handlers on the stack, newest last.</summary>
    public MachineList<SignalFrame> Frames { get; }

    /// <summary>The stack is gone, with the frames on it.</summary>
    internal void DropFrames(Cpu cpu)
    {
        SetAltStack(cpu, default);
        while (Frames.Count(cpu) > 0)
        {
            SignalFrame frame = Frames.At(cpu, 0);
            Frames.Remove(cpu, frame);
            cpu.Discard(frame);
        }
    }
}

/// <summary>A program that is loaded.</summary>
public sealed class ProgramImage(SimMachine machine, UserProgram program) : MachineObject(machine, "program")
{
    /// <summary>The program.</summary>
    public UserProgram Program { get; } = program;
}

/// <summary>A signal frame: what a handler is called with, and what sigreturn() puts back. It never changes.</summary>
public sealed class SignalFrame(SimMachine machine, SigInfo info, SignalHandler handler, SigSet mask)
    : MachineObject(machine, "sigframe")
{
    /// <summary>The siginfo.</summary>
    public SigInfo Info { get; } = info;

    /// <summary>The handler.</summary>
    public SignalHandler Handler { get; } = handler;

    /// <summary>What was blocked before.</summary>
    public SigSet Mask { get; } = mask;
}
