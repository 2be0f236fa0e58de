using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;

namespace Sim.Kernel.Loading;

/// <summary>Programs for execve() that the file system of the simulation does not have; must not touch the machine.</summary>
[Immutable]
public interface IProgramSource
{
    /// <summary>The program of a path.</summary>
    /// <returns>It, or why not: ENOENT, EACCES, ENOEXEC.</returns>
    (Executable? Program, Errno Error) Find(Bytes path);
}

/// <summary>A program that can be executed.</summary>
/// <param name="Image">The file.</param>
/// <param name="Code">What runs its instructions.</param>
[Immutable]
public sealed record Executable(ElfImage Image, UserMode.IUserCode Code);
