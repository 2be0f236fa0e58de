using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>readv() and writev(): one transfer of many pieces. Source: fs/read_write.c do_readv_writev().</summary>
internal static class VectorCalls
{
    /// <summary>UIO_MAXIOV.</summary>
    private const long MostPieces = 1024;

    /// <summary>MAX_RW_COUNT, smaller: one call moves at most so much.</summary>
    private const long MostAtOnce = 1 << 20;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("readv", (cpu, a) => Transfer(cpu, a, writes: false), "B"),
        Full("writev", (cpu, a) => Transfer(cpu, a, writes: true), "B"),
    ];

    private static async Op<long> Transfer(Cpu cpu, SyscallArguments a, bool writes)
    {
        if (await cpu.Fget(a.A) is not { } file)
        {
            return -(long)Errno.EBADF;
        }

        long result = await Transfer(cpu, file, a, writes);
        await file.Put(cpu);
        return result;
    }

    private static async Op<long> Transfer(Cpu cpu, OpenFile file, SyscallArguments a, bool writes)
    {
        if (writes ? !file.IsWritable : !file.IsReadable)
        {
            return -(long)Errno.EBADF;
        }

        if (a.C is < 0 or > MostPieces)
        {
            return -(long)Errno.EINVAL;
        }

        if (await cpu.FromUser(a.B, (int)a.C * 2 * a.Layout.WordSize) is not { } vector)
        {
            return -(long)Errno.EFAULT;
        }

        return !IsValid(vector, a.Layout) ? -(long)Errno.EINVAL
            : writes ? await Write(cpu, file, vector, a.Layout)
            : await Read(cpu, file, vector, a.Layout);
    }

    /// <summary>All pieces in one write, so that nothing comes between them in a pipe; what is behind a bad pointer is left out.</summary>
    private static async Op<long> Write(Cpu cpu, OpenFile file, Bytes vector, UserLayout layout)
    {
        Bytes all = Bytes.Empty;
        int pieces = PiecesOf(vector, layout);
        for (int i = 0; i < pieces; i++)
        {
            int length = (int)Math.Min(layout.Word(vector, (2 * i) + 1), MostAtOnce - all.Length);
            if (length == 0)
            {
                continue;
            }

            if (await cpu.FromUser((long)layout.Address(vector, 2 * i), length) is not { } piece)
            {
                if (all.Length == 0)
                {
                    return -(long)Errno.EFAULT;
                }

                break;
            }

            all = all.With(piece.Span);
        }

        return await FileCalls.WriteBytes(cpu, file, all);
    }

    private static async Op<long> Read(Cpu cpu, OpenFile file, Bytes vector, UserLayout layout)
    {
        int pieces = PiecesOf(vector, layout);
        long done = 0;
        for (int i = 0; i < pieces; i++)
        {
            long length = layout.Word(vector, (2 * i) + 1);
            if (length == 0)
            {
                continue;
            }

            if (done > 0 && !file.Body.IsSeekable)
            {
                // What is there has been read; more would have to be waited for.
                PollEvents events = await file.Body.Poll(cpu, file);
                if ((events & PollEvents.In) == PollEvents.None)
                {
                    break;
                }
            }

            long read = await FileCalls.ReadFrom(cpu, file, (long)layout.Address(vector, 2 * i), length);
            if (read < 0)
            {
                return done > 0 ? done : read;
            }

            done += read;
            if (read < length)
            {
                break;
            }
        }

        return done;
    }

    private static int PiecesOf(Bytes vector, UserLayout layout) => vector.Length / (2 * layout.WordSize);

    /// <summary>Whether no length is negative, and neither is their sum.</summary>
    private static bool IsValid(Bytes vector, UserLayout layout)
    {
        long all = 0;
        for (int i = 0; i < PiecesOf(vector, layout); i++)
        {
            long length = layout.Word(vector, (2 * i) + 1);
            if (length < 0 || length > long.MaxValue - all)
            {
                return false;
            }

            all += length;
        }

        return true;
    }
}
