using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.UserMode;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>The order of mm_release() in 2.6.32: the parent in vfork() goes on, then the thread number is cleared.</summary>
public sealed class MmReleaseTests
{
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_vfork_parent_may_see_the_number_that_its_child_clears(MemoryModel memory)
    {
        (string ends, ExploreResult result) = EveryEnd(memory, world => world.Process("parent", user => Parent(user, world.Seen)));

        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal("0 1 | 7 1", ends);

        static async Op<int> Parent(User user, Notes notes)
        {
            const CloneFlags Flags = CloneFlags.VM | CloneFlags.Vfork | CloneFlags.ChildClearTid;
            await user.Poke(Scratch, 7, 4);
            await user.Clone(new CloneRequest(Flags, new RoutineProgram(Child), "child") { ChildTid = (ulong)Scratch });
            notes.Put(user, 0, await user.Peek(Scratch, 4));
            notes.Put(user, 1, 1);
            return 0;
        }

        static async Op<int> Child(User user)
        {
            await user.ExitThread(0);
            return 0;
        }
    }
}
