using System.Globalization;
using Sim.Kernel.Abi;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;

namespace Sim.Cli.Output;

/// <summary>A line on standard error for each system call, with its arguments as the registers have them.</summary>
internal sealed class SyscallLines : ISyscallWatch
{
    public void Enters(TaskStruct task, int number, SyscallArguments arguments)
    {
        string name = NameOf(number, arguments);
        if (name is "exit" or "exit_group")
        {
            Console.Error.WriteLine(FormattableString.Invariant($"[{task.Pid.Peek}] {name}({arguments.A}) = ?"));
        }
    }

    public void Leaves(TaskStruct task, int number, SyscallArguments arguments, long result)
    {
        string answer = result is < 0 and > -4096 ? $"-1 {(Errno)(-result)}"
            : result > 0xffff ? string.Create(CultureInfo.InvariantCulture, $"0x{result:x}")
            : result.ToString(CultureInfo.InvariantCulture);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[{task.Pid.Peek}] {NameOf(number, arguments)}(0x{arguments.A:x}, 0x{arguments.B:x}, 0x{arguments.C:x}, 0x{arguments.D:x}) = {answer}"));
    }

    private static string NameOf(int number, SyscallArguments arguments)
        => SyscallDispatch.Find(arguments.Numbering, number)?.Name ??
            string.Create(CultureInfo.InvariantCulture, $"syscall_{number}");
}
