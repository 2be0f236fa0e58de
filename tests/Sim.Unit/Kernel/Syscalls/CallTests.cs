using Sim.Arch;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Calls by name and number: what they answer, and that bad input changes nothing.</summary>
public sealed class CallTests
{
    private const long BadFault = -(long)Errno.EFAULT;
    private const long Bad = -(long)Errno.EINVAL;

    /// <summary>Where the path "." stands.</summary>
    private const long Dot = Scratch + 512;

    /// <summary>A stack_t that says SS_DISABLE.</summary>
    private const long Disabled = Scratch + 704;

    /// <summary>Where the path of a program stands.</summary>
    private const long Program = Scratch + 768;

    /// <summary>For every call with pointers the arguments that are good; each pointer is replaced in its turn.</summary>
    private static readonly Dictionary<string, long[]> s_good = new(StringComparer.Ordinal)
    {
        ["read"] = [0, Scratch, 8],
        ["write"] = [1, Scratch, 8],
        ["readv"] = [0, Scratch, 1],
        ["writev"] = [1, Scratch, 1],
        ["open"] = [Scratch, 0],
        ["creat"] = [Scratch],
        ["fstat"] = [1, Scratch],
        ["unlink"] = [Scratch],
        ["stat"] = [Dot, Scratch + 64],
        ["lstat"] = [Dot, Scratch + 64],
        ["getdents"] = [3, Scratch, 64],
        ["getdents64"] = [3, Scratch, 64],
        ["access"] = [Scratch, 0],
        ["execve"] = [Program, Scratch + 640, Scratch + 640],
        ["readlink"] = [Scratch, Scratch, 8],
        ["getcwd"] = [Scratch, 8],
        ["chdir"] = [Scratch],
        ["mkdir"] = [Scratch, 0],
        ["rmdir"] = [Scratch],
        ["rename"] = [Dot, Dot],
        ["pipe"] = [Scratch],
        ["pipe2"] = [Scratch, 0],
        ["poll"] = [Scratch, 1, 0],
        ["futex"] = [Scratch, 0, 1],
        ["rt_sigqueueinfo"] = [1, 10, Scratch],
        ["sigaltstack"] = [Disabled, Scratch + 64],
        ["rt_sigaction"] = [10, Scratch, Scratch + 64, 8],
        ["rt_sigprocmask"] = [2, Scratch, Scratch + 64, 8],
        ["rt_sigpending"] = [Scratch, 8],
        ["rt_sigsuspend"] = [Scratch, 8],
        ["rt_sigtimedwait"] = [Scratch, Scratch + 64, Scratch, 8],
        ["nanosleep"] = [Scratch, Scratch + 64],
        ["clock_nanosleep"] = [1, 0, Scratch, Scratch + 64],
        ["clock_gettime"] = [1, Scratch],
        ["clock_getres"] = [1, Scratch],
        ["gettimeofday"] = [Scratch, Scratch + 64],
        ["time"] = [Scratch],
        ["setitimer"] = [0, Scratch, Scratch + 64],
        ["getitimer"] = [0, Scratch],
        ["wait4"] = [-1, Scratch, 1, Scratch + 64],
        ["waitid"] = [0, 0, Scratch, 5, Scratch + 128],
        ["uname"] = [Scratch],
        ["getrlimit"] = [7, Scratch],
        ["setrlimit"] = [7, Scratch],
        ["getrandom"] = [Scratch, 8, 0],
    };

    /// <summary>What is written only when the call is interrupted.</summary>
    private static readonly (string Call, char Pointer)[] s_late = [("nanosleep", 'B'), ("clock_nanosleep", 'D')];

    public static TheoryData<string, char> Pointers
    {
        get
        {
            var rows = new TheoryData<string, char>();
            foreach (SystemCall call in AllCalls.List.Where(call => SyscallDispatch.NumberOf(SyscallNumbering.X86_64, call.Name) >= 0))
            {
                foreach (char which in call.Pointers.Where(which => !s_late.Any(late => string.Equals(late.Call, call.Name, StringComparison.Ordinal) && late.Pointer == which)))
                {
                    rows.Add(call.Name, which);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Pointers))]
    public void A_bad_pointer_is_EFAULT_and_nothing_has_changed(string name, char which)
    {
        foreach (long bad in (long[])[Nowhere, long.MinValue, unchecked((long)0xFFFF_FFFF_FFFF_FFF8)])
        {
            long[] a = [.. s_good[name], 0, 0, 0, 0, 0];
            a[which - 'A'] = bad;
            var machine = new SimMachine(new MachineOptions());
            var world = new CallWorld(machine, init: false);
            var box = new Box(machine, name, new SyscallArguments(SyscallNumbering.X86_64, a[0], a[1], a[2], a[3], a[4], a[5]));
            world.Kernel.Root.MakeProgram("run", KernelWorldExit());
            TaskStruct task = world.Process("program", user => Main(user, box));
            machine.Start(undoable: false, collectRaces: false, hashing: true);
            while (machine.Enabled() != 0)
            {
                machine.Step(System.Numerics.BitOperations.TrailingZeroCount(machine.Enabled()), 0);
            }

            Assert.Null(machine.Violation);
            Assert.Equal(BadFault, box.Result);
            Assert.Equal(box.Before, box.After);
            Assert.True(task.ExitState.Peek != ExitState.Alive);
        }

        static async Op<int> Main(User user, Box box)
        {
            await user.Poke(Program, 0x6e7572);
            await user.Poke(Scratch + 8, 0);
            await user.Poke(Dot, '.');
            await user.Poke(Disabled + 8, 2);
            await user.Syscall("open", Dot);
            await user.Syscall("uname", Nowhere);
            box.Before = box.State;
            box.Result = await user.Syscall(box.Number, box.Arguments);
            box.After = box.State;
            return 0;
        }
    }

    [Fact]
    public void Every_call_with_pointers_is_among_those_tried()
        => Assert.Empty(AllCalls.List.Where(call => call.Pointers.Length > 0 && SyscallDispatch.NumberOf(SyscallNumbering.X86_64, call.Name) >= 0).Select(call => call.Name)
            .Except(s_good.Keys, StringComparer.Ordinal));

    [Theory]
    [InlineData("pipe2", new long[] { Scratch, 1 })]
    [InlineData("dup3", new long[] { 1, 1, 0 })]
    [InlineData("dup3", new long[] { 1, 5, 1 })]
    [InlineData("lseek", new long[] { 3, 0, 3 })]
    [InlineData("lseek", new long[] { 3, -1, 0 })]
    [InlineData("open", new long[] { Scratch, 3 })]
    [InlineData("read", new long[] { 0, Scratch, -1 })]
    [InlineData("mmap", new long[] { 0, 0, 3, 0x22 })]
    [InlineData("mmap", new long[] { 0, 4096, 3, 0x20 })]
    [InlineData("munmap", new long[] { 1, 4096 })]
    [InlineData("mprotect", new long[] { Scratch, 4096, 0x40 })]
    [InlineData("futex", new long[] { Scratch + 1, 1, 1 })]
    [InlineData("kill", new long[] { 1, 65 })]
    [InlineData("tkill", new long[] { 0, 1 })]
    [InlineData("tgkill", new long[] { 0, 1, 1 })]
    [InlineData("rt_sigaction", new long[] { 9, Scratch + 256, 0, 8 })]
    [InlineData("rt_sigaction", new long[] { 10, 0, 0, 4 })]
    [InlineData("rt_sigprocmask", new long[] { 7, Scratch, 0, 8 })]
    [InlineData("rt_sigprocmask", new long[] { 0, Scratch, 0, 4 })]
    [InlineData("rt_sigsuspend", new long[] { Scratch, 4 })]
    [InlineData("rt_sigtimedwait", new long[] { Scratch, 0, 0, 4 })]
    [InlineData("clock_gettime", new long[] { 99, Scratch })]
    [InlineData("clock_nanosleep", new long[] { 99, 0, Scratch, 0 })]
    [InlineData("nanosleep", new long[] { Scratch + 128, 0 })]
    [InlineData("setitimer", new long[] { 9, 0, 0 })]
    [InlineData("setitimer", new long[] { 0, Scratch + 112, 0 })]
    [InlineData("wait4", new long[] { -1, 0, 0x100, 0 })]
    [InlineData("waitid", new long[] { 9, 0, 0, 4 })]
    [InlineData("waitid", new long[] { 0, 0, 0, 0 })]
    [InlineData("setpgid", new long[] { 0, -1 })]
    [InlineData("prctl", new long[] { 99 })]
    [InlineData("prctl", new long[] { 1, 99 })]
    [InlineData("getrandom", new long[] { Scratch, 8, 4 })]
    public void Bad_flags_are_EINVAL(string name, long[] given)
    {
        long[] a = [.. given, 0, 0, 0, 0, 0];
        int number = SyscallDispatch.NumberOf(SyscallNumbering.X86_64, name);
        var arguments = new SyscallArguments(SyscallNumbering.X86_64, a[0], a[1], a[2], a[3], a[4], a[5]);
        Assert.Equal($"{Bad}", Notes((user, notes) => Program(user, notes, number, arguments)));

        static async Op<int> Program(User user, Notes notes, int number, SyscallArguments arguments)
        {
            await user.Poke(Scratch, 'f');
            await user.PokeTime(Scratch + 128, 0, 1_000_000_000);
            await user.Syscall("creat", Scratch);
            notes.Add(user, await user.Syscall(number, arguments));
            return 0;
        }
    }

    [Fact]
    public void What_is_gone_is_ESRCH()
    {
        const long Gone = -(long)Errno.ESRCH;
        Assert.Equal($"{Gone} {Gone} {Gone} {Gone} {Gone} {Gone}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            long child = await user.Fork(KernelWorldExit());
            await user.Syscall("wait4", child);
            notes.Add(user, await user.Syscall("kill", child, 10));
            notes.Add(user, await user.Syscall("tkill", child, 10));
            notes.Add(user, await user.Syscall("tgkill", child, child, 10));
            notes.Add(user, await user.Syscall("getpgid", child));
            notes.Add(user, await user.Syscall("getsid", child));
            notes.Add(user, await user.Syscall("setpgid", child));
            return 0;
        }
    }

    [Fact]
    public void A_bad_signal_is_ESRCH_to_nobody_and_EINVAL_to_somebody()
    {
        const long Gone = -(long)Errno.ESRCH;
        Assert.Equal($"{Gone} {Gone} {Gone} {Gone} {Bad} {Bad} {Bad} {Bad}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Poke(Scratch + 8, -1, 4);
            long self = user.Getpid();
            for (long pid = 99; pid >= self; pid -= 99 - self)
            {
                notes.Add(user, await user.Syscall("kill", pid, 65));
                notes.Add(user, await user.Syscall("tkill", pid, 65));
                notes.Add(user, await user.Syscall("tgkill", pid, pid, 65));
                notes.Add(user, await user.Syscall("rt_sigqueueinfo", pid, 65, Scratch));
            }

            return 0;
        }
    }

    [Theory]
    [InlineData("/bin/sh", "sh")]
    [InlineData("init", "init")]
    [InlineData("/a/b.c/0123456789abcdef", "0123456789abcde")]
    [InlineData("bin/", "")]
    [InlineData(null, "before")]
    public void Exec_names_the_task_after_its_file(string? file, string name)
    {
        Span<byte> comm = stackalloc byte[16];
        System.Text.Encoding.ASCII.GetBytes(name, comm);
        string words = $"{System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(comm)} " +
            $"{System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(comm[8..])}";
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine);
        var next = new RoutineProgram(user => Looks(user, world.Seen));
        world.Process("program", user => Execs(user, file, next));

        Assert.True(world.Kernel.Clock.Run());

        Assert.Equal(words, world.Seen.Show(0, 2));

        static async Op<int> Execs(User user, string? file, UserProgram next)
        {
            await user.Poke(Scratch, System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian("before\0\0"u8));
            await user.Syscall("prctl", 15, Scratch);
            await user.Exec(next, file);
            return 0;
        }

        static async Op<int> Looks(User user, Notes notes)
        {
            long page = await user.Syscall("mmap", 0, 4096, 3, 0x22);
            await user.Syscall("prctl", 16, page);
            notes.Add(user, await user.Peek(page));
            notes.Add(user, await user.Peek(page + 8));
            return 0;
        }
    }

    [Theory]
    [InlineData(SyscallNumbering.X86_64, 39)]
    [InlineData(SyscallNumbering.I386, 20)]
    [InlineData(SyscallNumbering.Ppc64, 20)]
    public void A_number_means_what_the_architecture_says(SyscallNumbering numbering, int getpid)
    {
        Assert.Equal($"2 2 {-(long)Errno.ENOSYS} {-(long)Errno.ENOSYS} {-(long)Errno.ENOSYS}", Notes((user, notes) => Program(user, notes, numbering, getpid), new KernelOptions { Numbering = numbering }));

        static async Op<int> Program(User user, Notes notes, SyscallNumbering numbering, int getpid)
        {
            notes.Add(user, await user.Syscall(getpid, new SyscallArguments(numbering)));
            notes.Add(user, await user.Syscall("getpid"));
            notes.Add(user, await user.Syscall("ptrace"));
            notes.Add(user, await user.Syscall(100_000, new SyscallArguments(numbering)));
            notes.Add(user, await user.Syscall(-1, new SyscallArguments(numbering)));
            return 0;
        }
    }

    [Fact]
    public void An_unsupported_call_is_noted_once()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var notes = new List<string>();
        machine.Tracer = e => notes.AddRange(e.Note is { } note && note.Contains("not supported", StringComparison.Ordinal) ? [note] : []);
        var world = new CallWorld(machine);
        world.Process("first", Program);
        world.Process("second", Program);
        Assert.True(world.Kernel.Clock.Run());
        Assert.Equal(2, notes.Count);
        Assert.Contains("(swapon)", notes[0], StringComparison.Ordinal);
        Assert.Contains("(no such call)", notes[1], StringComparison.Ordinal);

        static async Op<int> Program(User user)
        {
            await user.Syscall("swapon");
            await user.Syscall("swapon");
            await user.Syscall("no such name");
            return 0;
        }
    }

    [Theory]
    [InlineData(SyscallNumbering.X86_64, 0x0000_0700_0000_0000)]
    [InlineData(SyscallNumbering.Ppc64, 0x0007_0000_0000_0000)]
    public void Structures_have_the_byte_order_of_the_program(SyscallNumbering numbering, long status)
    {
        Assert.Equal($"{status} {(int)'L'}", Notes(Program, new KernelOptions { Numbering = numbering }));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Fork(new RoutineProgram(_ => Op<int>.Of(7)));
            await user.Syscall("wait4", -1, Scratch + 4);
            notes.Add(user, await user.Peek(Scratch));
            await user.Syscall("uname", Scratch);
            notes.Add(user, await user.Peek(Scratch) & 0xff);
            return 0;
        }
    }

    [Fact]
    public void Random_bytes_follow_from_the_seed()
    {
        Assert.Equal(Notes(Program), Notes(Program));
        Assert.NotEqual(Notes(Program), Notes(Program, new KernelOptions { Seed = 2 }), StringComparer.Ordinal);

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Syscall("getrandom", Scratch, 16);
            notes.Add(user, await user.Peek(Scratch));
            notes.Add(user, await user.Peek(Scratch + 8));
            return 0;
        }
    }

    [Fact]
    public void A_fork_bomb_ends_at_the_limit_and_everything_is_freed()
    {
        const int Limit = 20;
        (CallWorld world, bool ended) = Run(new KernelOptions { MaxThreads = Limit, PidMax = 1000 }, user => Bomb(user, 6));
        Assert.True(ended);
        Assert.Equal(0, world.Kernel.PeekNrThreads - 1);
        Assert.Contains("again", world.Kernel.Root.Output.PeekText, StringComparison.Ordinal);

        static RoutineProgram BombOf(int depth) => new(user => Bomb(user, depth));

        static async Op<int> Bomb(User user, int depth)
        {
            for (int i = 0; i < 4; i++)
            {
                if (depth > 0 && await user.Fork(BombOf(depth - 1)) == -(long)Errno.EAGAIN)
                {
                    await user.Poke(Scratch, 0x6e69616761);
                    await user.Syscall("write", 1, Scratch, 5);
                }
            }

            while (await user.Syscall("wait4", -1) > 0)
            {
            }

            return 0;
        }
    }

    [Fact]
    public void A_signal_flood_ends_at_the_limit()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine, new KernelOptions { AccountsSignals = true });
        TaskStruct task = world.Process("program", user => Program(user, world.Seen));
        world.Kernel.SetLimit(task, Resource.Sigpending, new ResourceLimit(3, 3));
        Assert.True(world.Kernel.Clock.Run());
        Assert.Equal($"0 0 0 {-(long)Errno.EAGAIN} 0", world.Seen.ToString());
        Assert.Equal(0, world.Kernel.UserSigpending.Peek);

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Sigprocmask(SigHow.Block, SigSet.All);
            for (int i = 0; i < 4; i++)
            {
                notes.Add(user, await user.Sigqueue(user.Getpid(), 40, i));
            }

            // kill() gets through: the signal arrives without siginfo.
            notes.Add(user, await user.Kill(user.Getpid(), 41));
            return 0;
        }
    }

    private static UserProgram KernelWorldExit() => Sim.Scenarios.Life.KernelWorld.Exits(0);

    /// <summary>What a program leaves for the test: a host object, which a run without undo may fill in.</summary>
    [MachineOwned]
    private sealed class Box(SimMachine machine, string name, SyscallArguments arguments)
    {
        internal int Number { get; } = SyscallDispatch.NumberOf(arguments.Numbering, name);

        internal SyscallArguments Arguments { get; } = arguments;

        /// <summary>All memory of the machine, as one number.</summary>
        internal string State => machine.Heap.Value.ToString()!;

        internal string? Before { get; set; }

        internal string? After { get; set; }

        internal long Result { get; set; }
    }
}
