using Sim.Explore;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Descriptors, files and pipes.</summary>
public sealed class PipeTests
{
    private const long Message = Scratch + 512;

    [Fact]
    public void A_file_is_written_and_read_back()
    {
        Assert.Equal($"3 5 0 5 {0x6f6c6c6568:d} 0 0 {-(long)Errno.EBADF} {-(long)Errno.ENOENT}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Poke(Scratch, 0x61);
            await user.Poke(Message, 0x6f6c6c6568);
            notes.Add(user, await user.Syscall("open", Scratch, 0x42));
            notes.Add(user, await user.Syscall("write", 3, Message, 5));
            notes.Add(user, await user.Syscall("lseek", 3, 0, 0));
            notes.Add(user, await user.Syscall("read", 3, Message + 64, 9));
            notes.Add(user, await user.Peek(Message + 64));
            notes.Add(user, await user.Syscall("unlink", Scratch));
            notes.Add(user, await user.Syscall("close", 3));
            notes.Add(user, await user.Syscall("close", 3));
            notes.Add(user, await user.Syscall("open", Scratch, 0));
            return 0;
        }
    }

    [Fact]
    public void A_reader_gets_what_is_written_and_then_the_end()
    {
        Assert.Equal("0 0 4 0", Notes(Program, new KernelOptions { PipeCapacity = 4 }));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("pipe", Scratch));
            await user.Fork(new RoutineProgram(Child));
            notes.Add(user, await user.Syscall("close", 4));
            notes.Add(user, await user.Syscall("read", 3, Message, 100));
            while (await user.Syscall("read", 3, Message, 100) > 0)
            {
            }

            notes.Add(user, await user.Syscall("read", 3, Message, 100));
            return 0;
        }

        // Longer than the pipe: the writer waits for the reader.
        static async Op<int> Child(User user) => (int)await user.Syscall("write", 4, Message, 12);
    }

    [Fact]
    public void Writing_to_nobody_is_EPIPE_and_SIGPIPE()
    {
        Assert.Equal($"0 0 {-(long)Errno.EPIPE} 13", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Sigprocmask(SigHow.Block, SigSet.Of(Signals.SIGPIPE));
            notes.Add(user, await user.Syscall("pipe", Scratch));
            notes.Add(user, await user.Syscall("close", 3));
            notes.Add(user, await user.Syscall("write", 4, Message, 1));
            notes.Add(user, (await user.Sigpending()).First);
            return 0;
        }
    }

    [Fact]
    public void A_pipe_that_does_not_block_says_EAGAIN()
    {
        const long Again = -(long)Errno.EAGAIN;
        Assert.Equal($"0 {Again} 2 {Again} 0", Notes(Program, new KernelOptions { PipeCapacity = 2 }));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("pipe2", Scratch, 0x800));
            notes.Add(user, await user.Syscall("read", 3, Message, 1));
            notes.Add(user, await user.Syscall("write", 4, Message, 2));
            notes.Add(user, await user.Syscall("write", 4, Message, 1));
            notes.Add(user, await user.Syscall("poll", 0, 0, 0));
            return 0;
        }
    }

    [Theory]
    [InlineData(SaFlags.Restart, "0 1")]
    [InlineData(SaFlags.None, "0 -4")]
    public void A_signal_interrupts_or_restarts_a_read(SaFlags flags, string expected)
    {
        Assert.Equal(expected, Notes((user, notes) => Program(user, notes, flags)));

        static async Op<int> Program(User user, Notes notes, SaFlags flags)
        {
            await user.Sigaction(Signals.SIGUSR1, SigAction.Run(new RoutineHandler(Handle), flags));
            notes.Add(user, await user.Syscall("pipe", Scratch));
            await user.Fork(new RoutineProgram(Child));
            notes.Add(user, await user.Syscall("read", 3, Message, 1));
            return 0;
        }

        // The handler's write lets the read that begins again come to its end.
        static async Op Handle(User user, SigInfo info) => await user.Syscall("write", 4, Message, 1);

        static async Op<int> Child(User user)
        {
            for (int i = 0; i < 5; i++)
            {
                await user.Yield();
            }

            await user.Kill(await user.Getppid(), Signals.SIGUSR1);
            return 0;
        }
    }

    [Fact]
    public void Exec_closes_what_it_shall_and_fork_copies_the_table()
    {
        Assert.Equal("0 1280 1", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("pipe2", Scratch, 0x80000));
            await user.Syscall("dup2", 4, 7);
            await user.Fork(new RoutineProgram(Child));
            await user.Syscall("wait4", -1, Scratch + 64);
            notes.Add(user, await user.Peek(Scratch + 64, 4));

            // The child closed its own.
            notes.Add(user, await user.Syscall("write", 4, Message, 1));
            return 0;
        }

        static async Op<int> Child(User user)
        {
            await user.Exec(new RoutineProgram(After));
            return 0;
        }

        static async Op<int> After(User user)
        {
            bool closed = await user.Syscall("close", 3) < 0 && await user.Syscall("close", 4) < 0;
            return closed && await user.Syscall("close", 7) == 0 ? 5 : 6;
        }
    }

    [Fact]
    public void Poll_waits_for_a_pipe()
    {
        Assert.Equal($"0 0 1 {(1L << 48) | (1L << 32) | 3}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("pipe", Scratch));
            await user.Poke(Scratch + 64, (1L << 32) | 3);
            notes.Add(user, await user.Syscall("poll", Scratch + 64, 1, 100));
            await user.Fork(new RoutineProgram(Child));
            notes.Add(user, await user.Syscall("poll", Scratch + 64, 1, -1));
            notes.Add(user, await user.Peek(Scratch + 64));
            return 0;
        }

        static async Op<int> Child(User user) => (int)await user.Syscall("write", 4, Message, 1);
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void A_reader_is_never_forgotten(MemoryModel memory)
    {
        (string ends, ExploreResult result) = EveryEnd(memory, Make);
        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal("1 1", ends);

        static void Make(CallWorld world)
        {
            Sim.Kernel.Tasks.TaskStruct leader = world.Process("writer", user => Write(user, world.Seen));
            world.Open(leader);
            world.Thread("reader", leader, user => Read(user, world.Seen));
        }

        static async Op<int> Write(User user, Notes notes)
        {
            notes.Put(user, 0, await user.Syscall("write", 4, Message, 1));
            await user.ExitThread(0);
            return 0;
        }

        static async Op<int> Read(User user, Notes notes)
        {
            notes.Put(user, 1, await user.Syscall("read", 3, Message, 1));
            await user.ExitThread(0);
            return 0;
        }
    }
}
