using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// <see cref="CloneTls"/> in machine code: a child made by clone(CLONE_VM) without CLONE_SETTLS has its parent's fs_base or
/// r13, and the two find one errno there.
/// </summary>
/// <remarks>Source: the utrace thread of 2009-12-01, "clone bug (glibc?)".</remarks>
public sealed class CloneTlsCode : MachineObject
{
    private readonly KernelWorld _world;
    private readonly TaskStruct _parent;
    private readonly Action<string>? _outcome;

    private CloneTlsCode(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "clone-tls-code")
    {
        _outcome = request.Outcome;
        bool raw = request.Values["raw"] != 0;
        ErrnoProgram program = request.Values["powerpc"] != 0 ? ErrnoProgram.PowerPc(raw) : ErrnoProgram.X86(raw);
        _world = new KernelWorld(machine, init: false, new KernelOptions { Architecture = program.Architecture });
        _parent = program.MakeParent(_world.Kernel, request.Values["settls"] != 0);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request) => new CloneTlsCode(machine, request).AtEnd;

    private void AtEnd()
    {
        TaskStruct child = Machine.PeekObjects().OfType<TaskStruct>().Single(task => task != _parent);
        Errno ofParent = ReadBy(_parent);
        Errno ofChild = ReadBy(child);
        _outcome?.Invoke($"the parent failed with ESRCH and reads {ofParent} in errno, the child failed with EINVAL and reads {ofChild}");
        Expect("the parent", Errno.ESRCH, ofParent);
        Expect("the child", Errno.EINVAL, ofChild);
        _world.AtEnd();
    }

    /// <summary>What a task exited with.</summary>
    private static Errno ReadBy(TaskStruct task) => (Errno)(task.ExitCode.Peek >> 8);

    private void Expect(string who, Errno failed, Errno read)
    {
        if (failed != read)
        {
            Machine.Violate(
                LifeLaws.ThreadData.Name,
                $"{LifeLaws.ThreadData.Sentence} But {who} failed with {failed} and reads {read} in errno.");
        }
    }
}
