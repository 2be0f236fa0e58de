using Sim.Arch.X86_64;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Tasks made by number, resource limits, and segment bases.</summary>
public sealed class TaskCallTests
{
    private const long Sigchld = 17;

    [Theory]
    [InlineData("fork", 0, 0)]
    [InlineData("clone", Sigchld, 0)]
    [InlineData("vfork", 0, 5)]
    [InlineData("clone", Sigchld | (long)CloneFlags.VM | (long)CloneFlags.Vfork, 5)]
    public void A_child_made_by_number_goes_on_behind_the_call(string name, long flags, long shared)
    {
        Assert.Equal($"1 {shared} 5 3", Notes((user, notes) => Program(user, notes, name, flags), child: Behind));

        static async Op<int> Program(User user, Notes notes, string name, long flags)
        {
            long child = await user.Syscall(name, flags);
            notes.Add(user, child > 0 ? 1 : child);
            notes.Add(user, name is "fork" || flags == Sigchld ? 0 : await user.Peek(Scratch));
            notes.Add(user, 5);
            notes.Add(user, await user.Syscall("wait4", child, Scratch + 8) == child ? await user.Peek(Scratch + 8) >> 8 : -1);
            return 0;
        }

        static async Op<int> Behind(User user)
        {
            await user.Poke(Scratch, 5);
            return 3;
        }
    }

    [Fact]
    public void A_program_without_a_child_part_answers_ENOSYS()
    {
        Assert.Equal($"{-(long)Errno.ENOSYS}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("fork"));
            return 0;
        }
    }

    [Theory]
    [InlineData((long)CloneFlags.Thread)]
    [InlineData((long)(CloneFlags.Thread | CloneFlags.VM))]
    [InlineData((long)CloneFlags.Sighand)]
    [InlineData((long)(CloneFlags.NewNs | CloneFlags.FS))]
    public void Flags_that_do_not_go_together_are_EINVAL(long flags)
    {
        Assert.Equal($"{-(long)Errno.EINVAL} {-(long)Errno.ECHILD}", Notes((user, notes) => Program(user, notes, flags), child: _ => Op<int>.Of(0)));

        static async Op<int> Program(User user, Notes notes, long flags)
        {
            notes.Add(user, await user.Syscall("clone", flags | Sigchld));
            notes.Add(user, await user.Syscall("wait4", -1, 0, unchecked((long)0x80000000)));
            return 0;
        }
    }

    [Fact]
    public void A_limit_is_what_was_set_and_a_hard_one_is_not_raised()
    {
        const long Nofile = 7;
        Assert.Equal(
            $"0 1024 1024 0 3 8 {-(long)Errno.EMFILE} {-(long)Errno.EPERM} {-(long)Errno.EINVAL} {-(long)Errno.EINVAL} {-(long)Errno.EINVAL} 0 3 8",
            Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("getrlimit", Nofile, Scratch));
            notes.Add(user, await user.Peek(Scratch));
            notes.Add(user, await user.Peek(Scratch + 8));
            await user.PokeTime(Scratch, 3, 8);
            notes.Add(user, await user.Syscall("setrlimit", Nofile, Scratch));
            await user.Syscall("getrlimit", Nofile, Scratch);
            notes.Add(user, await user.Peek(Scratch));
            notes.Add(user, await user.Peek(Scratch + 8));
            notes.Add(user, await user.Syscall("dup", 1));
            await user.PokeTime(Scratch, 3, 9);
            notes.Add(user, await user.Syscall("setrlimit", Nofile, Scratch));
            await user.PokeTime(Scratch, 8, 7);
            notes.Add(user, await user.Syscall("setrlimit", Nofile, Scratch));
            notes.Add(user, await user.Syscall("setrlimit", 16, Scratch));
            notes.Add(user, await user.Syscall("getrlimit", -1, Scratch));
            notes.Add(user, await user.Syscall("getrlimit", Nofile, Scratch));
            notes.Add(user, await user.Peek(Scratch));
            notes.Add(user, await user.Peek(Scratch + 8));
            return 0;
        }
    }

    [Fact]
    public void Only_the_privileged_raise_a_hard_limit_and_nobody_RLIMIT_NOFILE_beyond_nr_open()
    {
        const long Nofile = 7;
        Assert.Equal($"0 {-(long)Errno.EPERM}", Notes(Program, new KernelOptions { RaisesLimits = true }));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch, 1 << 20, 1 << 20);
            notes.Add(user, await user.Syscall("setrlimit", Nofile, Scratch));
            await user.PokeTime(Scratch, 1, (1 << 20) + 1);
            notes.Add(user, await user.Syscall("setrlimit", Nofile, Scratch));
            return 0;
        }
    }

    [Fact]
    public void A_child_has_its_parents_limits_and_RLIMIT_NPROC_stops_a_fork()
    {
        const long Nproc = 6;
        Assert.Equal($"{-(long)Errno.EAGAIN} 1", Notes(Program, child: _ => Op<int>.Of(0)));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch, 2, 3);
            await user.Syscall("setrlimit", Nproc, Scratch);
            notes.Add(user, await user.Syscall("fork"));
            await user.PokeTime(Scratch, 3, 3);
            await user.Syscall("setrlimit", Nproc, Scratch);
            notes.Add(user, await user.Syscall("fork") > 0 ? 1 : 0);
            return 0;
        }
    }

    [Fact]
    public void RLIMIT_AS_stops_mmap()
    {
        const long AddressSpace = 9;
        Assert.Equal($"0 {-(long)Errno.ENOMEM}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch, 0x4000, 0x4000);
            notes.Add(user, await user.Syscall("setrlimit", AddressSpace, Scratch));
            notes.Add(user, await user.Syscall("mmap", 0, 0x10000, 3, 0x22));
            return 0;
        }
    }

    [Fact]
    public void Execve_goes_on_with_the_program_of_the_path_and_gives_it_its_arguments()
    {
        Assert.Equal($"1 2 {'h' | ('i' << 8)} 0", Exec("run", Scratch + 0x200, Scratch + 0x220));
    }

    [Theory]
    [InlineData("dev", 0, 0, Errno.EACCES)]
    [InlineData("f", 0, 0, Errno.EACCES)]
    [InlineData("n", 0, 0, Errno.ENOENT)]
    [InlineData("f/n", 0, 0, Errno.ENOTDIR)]
    [InlineData("run", Nowhere, 0, Errno.EFAULT)]
    [InlineData("run", 0, Scratch + 0x230, Errno.EFAULT)]
    public void A_failed_execve_leaves_the_program(string path, long arguments, long environment, Errno expected)
        => Assert.Equal($"1 {-(long)expected}", Exec(path, arguments, environment));

    private static string Exec(string path, long arguments, long environment)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine);
        world.Kernel.Root.MakeProgram("run", new RoutineProgram(user => Executed(user, world.Seen)));
        world.Process("program", user => Program(user, world.Seen, path, arguments, environment));
        Assert.True(world.Kernel.Clock.Run());
        return world.Seen.ToString();

        static async Op<int> Executed(User user, Notes notes)
        {
            long stack = (long)user.Task.Context.Get(user.Cpu)!.StackPointer.Get(user.Cpu);
            notes.Add(user, await user.Peek(stack));
            notes.Add(user, await user.Peek(await user.Peek(stack + 16), 2));
            notes.Add(user, await user.Peek(stack + 24));
            return 0;
        }

        static async Op<int> Program(User user, Notes notes, string path, long arguments, long environment)
        {
            // argv = { "", "hi", 0 }, envp = { 0 }; behind it a bad pointer.
            await user.Poke(Scratch + 0x100, 0);
            await user.Poke(Scratch + 0x108, 'h' | ('i' << 8));
            await user.Poke(Scratch + 0x200, Scratch + 0x100);
            await user.Poke(Scratch + 0x208, Scratch + 0x108);
            await user.Poke(Scratch + 0x230, Nowhere);
            await user.Poke(Scratch, 'f');
            await user.Syscall("creat", Scratch);
            await user.Poke(Scratch, path.Reverse().Aggregate(0L, (word, letter) => (word << 8) | letter));
            notes.Add(user, 1);
            notes.Add(user, await user.Syscall("execve", Scratch, arguments, environment));
            return 0;
        }
    }

    [Fact]
    public void Arch_prctl_sets_and_gets_the_bases()
    {
        const long SetGs = 0x1001;
        const long SetFs = 0x1002;
        const long GetFs = 0x1003;
        const long GetGs = 0x1004;
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var architecture = new X86Architecture();
        var world = new CallWorld(machine, new KernelOptions { Architecture = architecture });
        TaskStruct task = world.Process("program", user => Program(user, world.Seen));
        task.Registers.Set(machine.BootCpu, architecture.NewRegisters(machine, "program"));
        Assert.True(world.Kernel.Clock.Run());
        const long High = 0x7000_0000_1000;
        Assert.Equal(
            $"0 0 {High} 4096 {-(long)Errno.EPERM} {-(long)Errno.EPERM} {-(long)Errno.EFAULT} {-(long)Errno.EINVAL} 0 {High}",
            world.Seen.ToString());

        static async Op<int> Program(User user, Notes notes)
        {
            notes.Add(user, await user.Syscall("arch_prctl", SetFs, High));
            notes.Add(user, await user.Syscall("arch_prctl", SetGs, 4096));
            await user.Syscall("arch_prctl", GetFs, Scratch);
            notes.Add(user, await user.Peek(Scratch));
            await user.Syscall("arch_prctl", GetGs, Scratch);
            notes.Add(user, await user.Peek(Scratch));
            notes.Add(user, await user.Syscall("arch_prctl", SetFs, -1));
            notes.Add(user, await user.Syscall("arch_prctl", SetGs, (1L << 47) - 4096));
            notes.Add(user, await user.Syscall("arch_prctl", GetFs, ReadOnly));
            notes.Add(user, await user.Syscall("arch_prctl", 0x1005, Scratch));
            notes.Add(user, await user.Syscall("arch_prctl", GetFs, Scratch));
            notes.Add(user, await user.Peek(Scratch));
            return 0;
        }
    }
}
