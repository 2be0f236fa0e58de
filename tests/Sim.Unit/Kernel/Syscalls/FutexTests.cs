using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Futexes: no wake-up is lost, whatever the schedule.</summary>
public sealed class FutexTests
{
    private const int Wait = 0;
    private const int Wake = 1;
    private const int Requeue = 3;
    private const int CmpRequeue = 4;
    private const int WaitBitset = 9;
    private const int WakeBitset = 10;
    private const int Private = 0x80;
    private const int Realtime = 0x100;

    public static TheoryData<MemoryModel, int> Worlds => new()
    {
        { MemoryModel.Sc, Private },
        { MemoryModel.Tso, Private },
        { MemoryModel.Sc, 0 },
    };

    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_wake_up_is_never_lost(MemoryModel memory, int flag)
    {
        (string ends, ExploreResult result) = EveryEnd(memory, Make);
        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal($"{-(long)Errno.EAGAIN} | 0 1", ends);

        void Make(CallWorld world)
        {
            TaskStruct leader = world.Process("waiter", user => Waits(user, world.Seen, flag));
            world.Thread("waker", leader, user => Wakes(user, world.Seen, flag));
        }

        static async Op<int> Waits(User user, Notes notes, int flag)
        {
            notes.Put(user, 0, await user.Syscall("futex", Scratch, Wait | flag, 0));
            await user.ExitThread(0);
            return 0;
        }

        static async Op<int> Wakes(User user, Notes notes, int flag)
        {
            await user.Poke(Scratch, 1, 4);
            notes.Put(user, 1, await user.Syscall("futex", Scratch, Wake | flag, 1));
            await user.ExitThread(0);
            return 0;
        }
    }

    [Theory]
    [InlineData(Requeue, 64)]
    [InlineData(CmpRequeue, 64)]
    [InlineData(CmpRequeue, 1024)]
    public void Who_is_requeued_waits_for_the_other_word(int command, int distance)
    {
        (string ends, ExploreResult result) = EveryEnd(MemoryModel.Sc, Make);
        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal($"{-(long)Errno.EAGAIN} | 0 1 1", ends);

        void Make(CallWorld world)
        {
            TaskStruct leader = world.Process("waiter", user => Waits(user, world.Seen));
            world.Thread("requeuer", leader, user => Requeues(user, world.Seen, command, distance));
        }

        static async Op<int> Waits(User user, Notes notes)
        {
            notes.Put(user, 0, await user.Syscall("futex", Scratch, Wait | Private, 0));
            await user.ExitThread(0);
            return 0;
        }

        static async Op<int> Requeues(User user, Notes notes, int command, int distance)
        {
            await user.Poke(Scratch, 1, 4);
            notes.Put(user, 1, await user.Syscall("futex", Scratch, command | Private, 0, 1, Scratch + distance, 1));
            notes.Put(user, 2, await user.Syscall("futex", Scratch + distance, Wake | Private, 1));
            await user.ExitThread(0);
            return 0;
        }
    }

    [Fact]
    public void Bitsets_choose_who_is_woken_and_a_wrong_value_is_not_requeued()
    {
        Assert.Equal(
            $"{-(long)Errno.EINVAL} {-(long)Errno.EINVAL} {-(long)Errno.ETIMEDOUT} {-(long)Errno.EAGAIN} {-(long)Errno.ENOSYS}",
            Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Put(user, 0, await user.Syscall("futex", Scratch, WaitBitset, 0, 0, 0, 0));
            notes.Put(user, 1, await user.Syscall("futex", Scratch, WakeBitset, 1, 0, 0, 0));
            await user.Poke(Scratch + 8, 0);
            await user.Poke(Scratch + 16, 1);
            notes.Put(user, 2, await user.Syscall("futex", Scratch, WaitBitset | Realtime, 0, Scratch + 8, 0, -1));
            notes.Put(user, 3, await user.Syscall("futex", Scratch, CmpRequeue, 0, 1, Scratch + 64, 7));
            notes.Put(user, 4, await user.Syscall("futex", Scratch, Wake | Realtime, 1));
            return 0;
        }
    }

    [Fact]
    public void A_wait_gives_up_after_its_time()
    {
        Assert.Equal($"{-(long)Errno.ETIMEDOUT} {-(long)Errno.EAGAIN} {-(long)Errno.EINVAL} 0", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch + 64, 1, 0);
            notes.Add(user, await user.Syscall("futex", Scratch, Wait, 0, Scratch + 64));
            notes.Add(user, await user.Syscall("futex", Scratch, Wait, 1));
            await user.PokeTime(Scratch + 64, -1, 0);
            notes.Add(user, await user.Syscall("futex", Scratch, Wait, 0, Scratch + 64));
            notes.Add(user, await user.Syscall("futex", Scratch, Wake, 1));
            return 0;
        }
    }

    [Fact]
    public void A_thread_is_joined_by_its_number_in_memory()
    {
        const CloneFlags Flags = CloneFlags.VM | CloneFlags.FS | CloneFlags.Files | CloneFlags.Sighand |
            CloneFlags.Thread | CloneFlags.ParentSetTid | CloneFlags.ChildSetTid | CloneFlags.ChildClearTid;
        Assert.Equal("1 1 0", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            long tid = await user.Clone(new CloneRequest(Flags, new RoutineProgram(Child))
            {
                ParentTid = (ulong)Scratch,
                ChildTid = (ulong)Scratch + 4,
            });
            notes.Add(user, await user.Peek(Scratch, 4) == tid ? 1 : 0);
            while (await user.Peek(Scratch + 4, 4) == 0)
            {
                await user.Yield();
            }

            notes.Add(user, await user.Peek(Scratch + 4, 4) == tid ? 1 : 0);
            while (await user.Peek(Scratch + 4, 4) == tid)
            {
                await user.Syscall("futex", Scratch + 4, Wait, tid);
            }

            notes.Add(user, await user.Peek(Scratch + 4, 4));
            return 0;
        }

        static async Op<int> Child(User user)
        {
            await user.Yield();
            await user.Yield();
            await user.Yield();
            await user.ExitThread(0);
            return 0;
        }
    }
}
