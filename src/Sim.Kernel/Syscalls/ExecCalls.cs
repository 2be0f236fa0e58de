using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Loading;
using Sim.Kernel.Memory;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>execve(): everything is read and checked before the old program is given up. Source: fs/exec.c.</summary>
internal static class ExecCalls
{
    /// <summary>MAX_ARG_STRLEN; here it limits all texts together.</summary>
    private const int MostText = 32 * 4096;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial(
            "execve",
            Execve,
            "programs of Ramfs.MakeProgram, whose stack is that of x86_64, and static ELF files of the host under sim run; no scripts",
            "ABC"),
    ];

    private static async Op<long> Execve(Cpu cpu, SyscallArguments a)
    {
        LinuxKernel kernel = cpu.Task().Kernel;
        (Bytes path, Errno error) = await cpu.PathFromUser(a.A);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        (FileBody? body, error) = await kernel.Root.Lookup(cpu, path);
        Executable? executable = null;
        if (body is null && error == Errno.ENOENT && kernel.Options.Programs is { } programs)
        {
            (executable, error) = programs.Find(path);
        }

        if (body is null && executable is null)
        {
            return -(long)error;
        }

        UserProgram? program = (body as Inode)?.Program;
        if (body is not null)
        {
            await body.Put(cpu);
            if (program is null)
            {
                return -(long)Errno.EACCES;
            }
        }

        (Bytes arguments, error) = await Texts(cpu, a.B, a.Layout, MostText);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        (Bytes environment, error) = await Texts(cpu, a.C, a.Layout, MostText - arguments.Length);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        if (executable is not null)
        {
            cpu.Task().Context.Get(cpu)!.DropFrames(cpu);
            return await new ElfProgram(
                executable.Image, executable.Code, Trimmed(path), Split(arguments), Split(environment)).Exec(cpu);
        }

        StackImage? stack = a.Numbering == SyscallNumbering.X86_64 ? Stack(path, arguments, environment) : null;
        long result = await kernel.Exec.DoExecve(cpu, program!, stack, System.Text.Encoding.Latin1.GetString(path.Span).TrimEnd((char)0));
        if (result == 0)
        {
            UserContext context = cpu.Task().Context.Get(cpu)!;
            context.DropFrames(cpu);
            context.Result.Set(cpu, 0);
            await cpu.Become(kernel.Gate.Run);
        }

        return result;
    }

    /// <summary>copy_strings(): the texts of an array that ends with a null pointer, each with its zero byte; none for no array.</summary>
    private static async Op<(Bytes Texts, Errno Error)> Texts(Cpu cpu, long array, UserLayout layout, int room)
    {
        Bytes all = Bytes.Empty;
        while (array != 0)
        {
            if (await cpu.FromUser(array, layout.WordSize) is not { } pointer)
            {
                return (all, Errno.EFAULT);
            }

            ulong address = layout.Address(pointer, 0);
            if (address == 0)
            {
                break;
            }

            (Bytes text, Errno error) = await cpu.Task().Mm.Get(cpu)!.CopyText(cpu, address, room);
            all = all.With(text.Span).With([0]);
            if (error != Errno.None || all.Length > room)
            {
                return (all, error != Errno.None ? error : Errno.E2BIG);
            }

            array += layout.WordSize;
        }

        return (all, Errno.None);
    }

    private static Bytes Trimmed(Bytes path) => Bytes.Of(path.Span.TrimEnd((byte)0));

    private static StackImage Stack(Bytes path, Bytes arguments, Bytes environment) => StackImage.Build(
        Paging.TaskSize,
        path,
        Split(arguments),
        Split(environment),
        Bytes.Of("x86_64"u8),
        Bytes.Of(stackalloc byte[16]),
        []);

    private static ImmutableArray<Bytes> Split(Bytes texts)
    {
        ImmutableArray<Bytes>.Builder all = ImmutableArray.CreateBuilder<Bytes>();
        ReadOnlySpan<byte> rest = texts.Span;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            all.Add(Bytes.Of(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return all.ToImmutable();
    }
}
