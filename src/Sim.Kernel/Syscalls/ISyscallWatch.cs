using Sim.Kernel.Tasks;

namespace Sim.Kernel.Syscalls;

/// <summary>Is told of the system calls of machine code, for the host; must not touch the machine.</summary>
public interface ISyscallWatch
{
    /// <summary>A call begins; some do not end.</summary>
    void Enters(TaskStruct task, int number, SyscallArguments arguments);

    /// <summary>A call has its result.</summary>
    void Leaves(TaskStruct task, int number, SyscallArguments arguments, long result);
}
