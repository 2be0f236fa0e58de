using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Memory;
using Sim.Kernel.Time;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about files and descriptors. Source: fs/read_write.c, fs/open.c, fs/stat.c, fs/pipe.c, fs/fcntl.c.</summary>
internal static class FileCalls
{
    private const long BadDescriptor = -(long)Errno.EBADF;
    private const long Fault = -(long)Errno.EFAULT;
    private const long Invalid = -(long)Errno.EINVAL;

    /// <summary>MAX_RW_COUNT, smaller: one call moves at most so much.</summary>
    private const long MostAtOnce = 1 << 20;

    private const OpenFlags PipeFlags = OpenFlags.NonBlock | OpenFlags.CloseOnExec;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("read", (cpu, a) => Transfer(cpu, a, writes: false), "B"),
        Full("write", (cpu, a) => Transfer(cpu, a, writes: true), "B"),
        Partial("open", (cpu, a) => Open(cpu, a.A, (OpenFlags)a.B), "modes are not checked; no O_DIRECTORY", "A"),
        Partial(
            "creat",
            (cpu, a) => Open(cpu, a.A, OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.Truncate),
            "modes are not checked; no O_DIRECTORY",
            "A"),
        Full("close", Close),
        Full("lseek", Seek),
        Full("dup", Dup),
        Full("dup2", Dup2),
        Full("dup3", Dup3),
        Full("pipe", (cpu, a) => Pipe(cpu, a, OpenFlags.ReadOnly), "A"),
        Full("pipe2", (cpu, a) => Pipe(cpu, a, (OpenFlags)a.B), "A"),
        Full("poll", Poll, "A"),
    ];

    /// <summary>fget().</summary>
    internal static async Op<OpenFile?> Fget(this Cpu cpu, long fd)
        => cpu.Task().Files.Get(cpu) is { } files ? await files.Fget(cpu, (int)fd) : null;

    /// <summary>fget(), a transfer, fput(); EBADF when there is no such descriptor.</summary>
    private static async Op<long> Transfer(Cpu cpu, SyscallArguments a, bool writes)
    {
        if (await Fget(cpu, a.A) is not { } file)
        {
            return BadDescriptor;
        }

        long result = writes ? await WriteTo(cpu, file, a.B, a.C) : await ReadFrom(cpu, file, a.B, a.C);
        await file.Put(cpu);
        return result;
    }

    /// <summary>read(), with the file at hand.</summary>
    internal static async Op<long> ReadFrom(Cpu cpu, OpenFile file, long address, long length)
    {
        if (!file.IsReadable)
        {
            return BadDescriptor;
        }

        if (length < 0)
        {
            return Invalid;
        }

        int count = (int)Math.Min(length, MostAtOnce);
        if (!await cpu.CanWrite(address, count))
        {
            return Fault;
        }

        long position = await cpu.Load(file.Position);
        (Bytes content, Errno error) = await file.Body.Read(cpu, file, position, count);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        if (file.Body.IsSeekable)
        {
            await cpu.Store(file.Position, position + content.Length);
        }

        return await cpu.ToUser(address, content) is < 0 and var fault ? fault : content.Length;
    }

    private static async Op<long> WriteTo(Cpu cpu, OpenFile file, long address, long length)
    {
        if (!file.IsWritable)
        {
            return BadDescriptor;
        }

        if (length < 0)
        {
            return Invalid;
        }

        if (await cpu.FromUser(address, (int)Math.Min(length, MostAtOnce)) is not { } bytes)
        {
            return Fault;
        }

        return await WriteBytes(cpu, file, bytes);
    }

    /// <summary>write(), with the bytes at hand.</summary>
    internal static async Op<long> WriteBytes(Cpu cpu, OpenFile file, Bytes bytes)
    {
        long position = await cpu.Load(file.Position);
        long result = await file.Body.Write(cpu, file, position, bytes);
        if (result > 0 && file.Body.IsSeekable)
        {
            // With O_APPEND the write has moved the position to the end first.
            await cpu.Store(file.Position, await cpu.Load(file.Position) + result);
        }

        return result;
    }

    private static async Op<long> Open(Cpu cpu, long path, OpenFlags flags)
    {
        (Bytes text, Errno error) = await cpu.PathFromUser(path);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        if (cpu.Task().Files.Get(cpu) is not { } files)
        {
            return -(long)Errno.EMFILE;
        }

        (OpenFile? file, error) = await cpu.Task().Kernel.Root.Open(cpu, text, flags);
        return file is null ? -(long)error : await Install(cpu, files, file, (flags & OpenFlags.CloseOnExec) != OpenFlags.ReadOnly);
    }

    private static async Op<long> Install(Cpu cpu, FilesStruct files, OpenFile file, bool closesOnExec)
    {
        long fd = await files.Install(cpu, file, closesOnExec);
        if (fd < 0)
        {
            await file.Put(cpu);
        }

        return fd;
    }

    private static async Op<long> Close(Cpu cpu, SyscallArguments a)
        => cpu.Task().Files.Get(cpu) is { } files ? await files.Close(cpu, (int)a.A) : BadDescriptor;

    private static async Op<long> Seek(Cpu cpu, SyscallArguments a)
    {
        if (await Fget(cpu, a.A) is not { } file)
        {
            return BadDescriptor;
        }

        long result = await SeekIn(cpu, file, a.B, a.C);
        await file.Put(cpu);
        return result;
    }

    private static async Op<long> SeekIn(Cpu cpu, OpenFile file, long offset, long whence)
    {
        const int Set = 0;
        const int Current = 1;
        const int End = 2;
        if (!file.Body.IsSeekable)
        {
            return -(long)Errno.ESPIPE;
        }

        if (whence is not (Set or Current or End))
        {
            return Invalid;
        }

        long from = whence switch
        {
            Set => 0,
            Current => await cpu.Load(file.Position),
            _ => await file.Body.Size(cpu),
        };
        long to = unchecked(from + offset);
        if (to < 0)
        {
            return Invalid;
        }

        await cpu.Store(file.Position, to);
        return to;
    }

    private static async Op<long> Dup(Cpu cpu, SyscallArguments a)
        => await Fget(cpu, a.A) is { } file
            ? await Install(cpu, cpu.Task().Files.Get(cpu)!, file, false)
            : BadDescriptor;

    private static async Op<long> Dup2(Cpu cpu, SyscallArguments a)
    {
        if (cpu.Task().Files.Get(cpu) is not { } files || await Fget(cpu, a.A) is not { } file)
        {
            return BadDescriptor;
        }

        await file.Put(cpu);
        return a.A == a.B ? a.B : await files.Duplicate(cpu, (int)a.A, (int)a.B, false);
    }

    private static async Op<long> Dup3(Cpu cpu, SyscallArguments a)
    {
        if (((OpenFlags)a.C & ~OpenFlags.CloseOnExec) != OpenFlags.ReadOnly || a.A == a.B)
        {
            return Invalid;
        }

        return cpu.Task().Files.Get(cpu) is { } files
            ? await files.Duplicate(cpu, (int)a.A, (int)a.B, a.C != 0)
            : BadDescriptor;
    }

    private static async Op<long> Pipe(Cpu cpu, SyscallArguments a, OpenFlags flags)
    {
        const int TwoInts = 8;
        if ((flags & ~PipeFlags) != OpenFlags.ReadOnly)
        {
            return Invalid;
        }

        if (!await cpu.CanWrite(a.A, TwoInts))
        {
            return Fault;
        }

        if (cpu.Task().Files.Get(cpu) is not { } files)
        {
            return -(long)Errno.EMFILE;
        }

        var pipe = new Pipe(cpu.Task().Kernel, cpu.Machine.Label($"{cpu.Task().Label}.pipe"));
        bool closesOnExec = (flags & OpenFlags.CloseOnExec) != OpenFlags.ReadOnly;
        OpenFlags blocking = flags & OpenFlags.NonBlock;
        var output = new OpenFile(pipe, OpenFlags.WriteOnly | blocking);
        long read = await Install(cpu, files, new OpenFile(pipe, OpenFlags.ReadOnly | blocking), closesOnExec);
        if (read < 0)
        {
            await output.Put(cpu);
            return read;
        }

        long write = await Install(cpu, files, output, closesOnExec);
        if (write < 0)
        {
            await files.Close(cpu, (int)read);
            return write;
        }

        return await cpu.ToUser(a.A, a.Layout.Ints((int)read, (int)write));
    }

    private static async Op<long> Poll(Cpu cpu, SyscallArguments a)
    {
        const long NanosecondsPerMillisecond = 1_000_000;
        LinuxKernel kernel = cpu.Task().Kernel;
        int timeout = (int)a.C;
        long expires = timeout < 0
            ? Timekeeper.Never
            : await kernel.Clock.After(cpu, timeout * NanosecondsPerMillisecond);
        return await kernel.Poll.Poll(cpu, a.A, (uint)a.B, expires, a.Layout);
    }
}
