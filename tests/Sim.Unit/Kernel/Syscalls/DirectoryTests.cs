using Sim.Arch;
using Sim.Arch.Abi;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Directories: what calls with paths answer, and what they leave.</summary>
public sealed class DirectoryTests
{
    private const long Path = Scratch + 0x800;
    private const long Other = Scratch + 0x900;

    [Theory]
    [InlineData("mkdir", "d/x", Errno.EEXIST)]
    [InlineData("mkdir", "d", Errno.EEXIST)]
    [InlineData("mkdir", ".", Errno.EEXIST)]
    [InlineData("mkdir", "n/x", Errno.ENOENT)]
    [InlineData("mkdir", "f/x", Errno.ENOTDIR)]
    [InlineData("mkdir", "new/", Errno.None)]
    [InlineData("rmdir", "d", Errno.ENOTEMPTY)]
    [InlineData("rmdir", "d/x", Errno.None)]
    [InlineData("rmdir", "f", Errno.ENOTDIR)]
    [InlineData("rmdir", "n", Errno.ENOENT)]
    [InlineData("rmdir", "d/.", Errno.EINVAL)]
    [InlineData("rmdir", "d/x/..", Errno.ENOTEMPTY)]
    [InlineData("rmdir", "/", Errno.EBUSY)]
    [InlineData("unlink", "d", Errno.EISDIR)]
    [InlineData("unlink", "f", Errno.None)]
    [InlineData("unlink", "f/", Errno.ENOTDIR)]
    [InlineData("unlink", "f/x", Errno.ENOTDIR)]
    [InlineData("unlink", "n", Errno.ENOENT)]
    [InlineData("unlink", "/dev/null", Errno.EPERM)]
    [InlineData("chdir", "f", Errno.ENOTDIR)]
    [InlineData("chdir", "n", Errno.ENOENT)]
    [InlineData("chdir", "", Errno.ENOENT)]
    [InlineData("chdir", "d/x", Errno.None)]
    [InlineData("access", "d/../f", Errno.None)]
    [InlineData("access", "/d/./x/", Errno.None)]
    [InlineData("access", "f/", Errno.ENOTDIR)]
    [InlineData("creat", "d", Errno.EISDIR)]
    [InlineData("creat", "n/", Errno.EISDIR)]
    [InlineData("creat", "n/f", Errno.ENOENT)]
    public void A_path_is_walked(string name, string path, Errno expected)
    {
        Assert.Equal($"{-(long)expected}", Notes((user, notes) => Program(user, notes, name, path)));

        static async Op<int> Program(User user, Notes notes, string name, string path)
        {
            await MakeTree(user);
            await Put(user, Path, path);
            long result = await user.Syscall(name, Path);
            notes.Add(user, result > 0 ? 0 : result);
            return 0;
        }
    }

    [Theory]
    [InlineData("f", "g", Errno.None)]
    [InlineData("f", "d/x/f", Errno.None)]
    [InlineData("d", "e", Errno.None)]
    [InlineData("f", "f", Errno.None)]
    [InlineData("f", "d", Errno.EISDIR)]
    [InlineData("d", "f", Errno.ENOTDIR)]
    [InlineData("d", "d/x/y", Errno.EINVAL)]
    [InlineData("d", "d/x", Errno.EINVAL)]
    [InlineData("d/x", "d", Errno.ENOTEMPTY)]
    [InlineData("n", "g", Errno.ENOENT)]
    [InlineData("f", "n/g", Errno.ENOENT)]
    [InlineData("f", "g/", Errno.ENOTDIR)]
    [InlineData("d/.", "g", Errno.EBUSY)]
    [InlineData("f", "dev/null", Errno.EPERM)]
    public void A_rename_moves_the_name_or_nothing(string from, string to, Errno expected)
    {
        bool moves = expected == Errno.None && !string.Equals(from, to, StringComparison.Ordinal);
        bool isThere = from[0] != 'n';
        Assert.Equal(
            $"{-(long)expected} {(moves || !isThere ? -(long)Errno.ENOENT : 0)} {(expected == Errno.None ? 0 : 1)}",
            Notes((user, notes) => Program(user, notes, from, to)));

        static async Op<int> Program(User user, Notes notes, string from, string to)
        {
            await MakeTree(user);
            await Put(user, Path, from);
            await Put(user, Other, to);
            long result = await user.Syscall("rename", Path, Other);
            notes.Add(user, result);
            notes.Add(user, await user.Syscall("access", Path));
            notes.Add(user, result == 0 ? await user.Syscall("access", Other) : 1);
            return 0;
        }
    }

    [Fact]
    public void The_working_directory_follows_chdir_and_is_gone_with_its_name()
    {
        Assert.Equal(
            $"2 {(int)'/'} {-(long)Errno.ERANGE} 5 {Word("/d/x")} 0 {-(long)Errno.ENOENT} {-(long)Errno.ENOENT} 0 2",
            Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await MakeTree(user);
            notes.Add(user, await user.Syscall("getcwd", Scratch, 8));
            notes.Add(user, await user.Peek(Scratch, 2));
            await Put(user, Path, "d/x");
            await user.Syscall("chdir", Path);
            notes.Add(user, await user.Syscall("getcwd", Scratch, 4));
            notes.Add(user, await user.Syscall("getcwd", Scratch, 5));
            notes.Add(user, await user.Peek(Scratch, 4));
            await Put(user, Path, "/d/x");
            notes.Add(user, await user.Syscall("rmdir", Path));
            notes.Add(user, await user.Syscall("getcwd", Scratch, 64));
            await Put(user, Path, "new");
            notes.Add(user, await user.Syscall("creat", Path));
            await Put(user, Path, "/");
            notes.Add(user, await user.Syscall("chdir", Path));
            notes.Add(user, await user.Syscall("getcwd", Scratch, 64));
            return 0;
        }
    }

    [Theory]
    [InlineData((long)CloneFlags.FS, "/d")]
    [InlineData(0, "/")]
    public void The_working_directory_is_shared_with_CLONE_FS_alone(long flags, string path)
    {
        Assert.Equal($"{path.Length + 1}", Notes((user, notes) => Program(user, notes, flags), child: Moves));

        static async Op<int> Program(User user, Notes notes, long flags)
        {
            await MakeTree(user);
            long child = await user.Syscall("clone", flags | Sim.Kernel.Abi.Signals.SIGCHLD);
            await user.Syscall("wait4", child);
            notes.Add(user, await user.Syscall("getcwd", Scratch, 64));
            return 0;
        }

        static async Op<int> Moves(User user)
        {
            await Put(user, Path, "d");
            await user.Syscall("chdir", Path);
            return 0;
        }
    }

    [Fact]
    public void Getdents_lists_the_names_in_parts()
    {
        // ".", ".." and "dev" have 24 bytes each; "d" and "f" too.
        Assert.Equal(
            $"{-(long)Errno.EINVAL} 48 24 {(int)'.'} 72 4 8 0 {-(long)Errno.ENOTDIR} {-(long)Errno.EISDIR}", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await MakeTree(user);
            await Put(user, Path, "/");
            long fd = await user.Syscall("open", Path);
            notes.Add(user, await user.Syscall("getdents", fd, Scratch, 23));
            notes.Add(user, await user.Syscall("getdents", fd, Scratch, 71));
            notes.Add(user, await user.Peek(Scratch + 16, 2));
            notes.Add(user, await user.Peek(Scratch + 18, 1));
            notes.Add(user, await user.Syscall("getdents", fd, Scratch, 512));
            notes.Add(user, await user.Peek(Scratch + 23, 1));
            notes.Add(user, await user.Peek(Scratch + 71, 1));
            notes.Add(user, await user.Syscall("getdents", fd, Scratch, 512));
            notes.Add(user, await user.Syscall("getdents", 1, Scratch, 512));
            notes.Add(user, await user.Syscall("read", fd, Scratch, 8));
            return 0;
        }
    }

    [Theory]
    [InlineData(SyscallNumbering.X86_64)]
    [InlineData(SyscallNumbering.I386)]
    [InlineData(SyscallNumbering.Ppc64)]
    [InlineData(SyscallNumbering.Ppc32)]
    public void Stat_has_the_layout_of_the_program(SyscallNumbering numbering)
    {
        StructLayout layout = StructLayouts.Stat(numbering);
        StructMember mode = layout["st_mode"];
        StructMember size = layout["st_size"];
        Assert.Equal(
            $"0 {(layout.IsBigEndian ? Swapped(0x81b6, mode.Size) : 0x81b6)} {(layout.IsBigEndian ? Swapped(3, size.Size) : 3)} {0x55}",
            Notes((user, notes) => Program(user, notes, mode, size, layout.Size), new KernelOptions { Numbering = numbering }));

        static async Op<int> Program(User user, Notes notes, StructMember mode, StructMember size, int end)
        {
            await MakeTree(user);
            await user.Poke(Scratch + end, 0x55, 1);
            await Put(user, Path, "f");
            notes.Add(user, await user.Syscall("stat", Path, Scratch));
            notes.Add(user, await user.Peek(Scratch + mode.Offset, mode.Size));
            notes.Add(user, await user.Peek(Scratch + size.Offset, size.Size));
            notes.Add(user, await user.Peek(Scratch + end, 1));
            return 0;
        }
    }

    private static long Swapped(ulong value, int size)
    {
        ulong swapped = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value) >> (64 - (8 * size));
        return (long)swapped;
    }

    private static long Word(string text) => text.Reverse().Aggregate(0L, (word, letter) => (word << 8) | letter);

    /// <summary>d/, d/x/ and f with three bytes.</summary>
    private static async Op MakeTree(User user)
    {
        await Put(user, Path, "d");
        await user.Syscall("mkdir", Path);
        await Put(user, Path, "d/x");
        await user.Syscall("mkdir", Path);
        await Put(user, Path, "f");
        long fd = await user.Syscall("creat", Path);
        await user.Syscall("write", fd, Path, 3);
        await user.Syscall("close", fd);
    }

    private static async Op Put(User user, long address, string path)
    {
        await user.Poke(address, Word(path[..Math.Min(8, path.Length)]));
        await user.Poke(address + 8, path.Length > 8 ? Word(path[8..]) : 0);
    }
}
