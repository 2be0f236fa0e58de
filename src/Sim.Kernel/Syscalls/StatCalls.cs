using System.Collections.Immutable;
using Sim.Arch.Abi;
using Sim.Kernel.Abi;
using Sim.Kernel.Files;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls that tell about files, and list directories. Source: fs/stat.c, fs/readdir.c.</summary>
internal static class StatCalls
{
    private const int TypeShift = 12;
    private const string NoTimes = "times and owner are 0";

    /// <summary>More entries are left for the next call.</summary>
    private const int MostBytes = 1 << 16;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("stat", Stat, NoTimes, "AB"),
        Partial("lstat", Stat, NoTimes + "; there are no symbolic links", "AB"),
        Partial("fstat", Fstat, NoTimes, "B"),
        Full("getdents", (cpu, a) => Getdents(cpu, a, StructLayouts.Dirent(a.Numbering)), "B"),
        Full("getdents64", (cpu, a) => Getdents(cpu, a, StructLayouts.Dirent64(a.Numbering)), "B"),
    ];

    private static async Op<long> Stat(Cpu cpu, SyscallArguments a)
    {
        (Bytes path, Errno error) = await cpu.PathFromUser(a.A);
        if (error != Errno.None)
        {
            return -(long)error;
        }

        (FileBody? body, error) = await cpu.Task().Kernel.Root.Lookup(cpu, path);
        if (body is null)
        {
            return -(long)error;
        }

        long result = await Tell(cpu, a, body);
        await body.Put(cpu);
        return result;
    }

    private static async Op<long> Fstat(Cpu cpu, SyscallArguments a)
    {
        if (await cpu.Fget(a.A) is not { } file)
        {
            return -(long)Errno.EBADF;
        }

        long result = await Tell(cpu, a, file.Body);
        await file.Put(cpu);
        return result;
    }

    private static async Op<long> Tell(Cpu cpu, SyscallArguments a, FileBody body)
    {
        long size = await body.Size(cpu);
        int links = body is Files.Directory directory ? 2 + (await directory.Snapshot(cpu)).Directories : 1;
        return await cpu.ToUser(a.B, ImageOf(StructLayouts.Stat(a.Numbering), body, size, links));
    }

    private static Bytes ImageOf(StructLayout layout, FileBody body, long size, int links)
    {
        const int BlockSize = 4096;
        const int SectorSize = 512;
        Span<byte> image = stackalloc byte[layout.Size];
        layout.Put(image, "st_ino", (ulong)body.Id);
        layout.Put(image, "st_mode", (ulong)body.Mode);
        layout.Put(image, "st_nlink", (ulong)links);
        layout.Put(image, "st_size", (ulong)size);
        layout.Put(image, "st_blksize", BlockSize);
        layout.Put(image, "st_blocks", (ulong)((size + SectorSize - 1) / SectorSize));
        return Bytes.Of(image);
    }

    /// <summary>As many entries as there is room for; EINVAL when there is none for the next one.</summary>
    private static async Op<long> Getdents(Cpu cpu, SyscallArguments a, StructLayout layout)
    {
        if (await cpu.Fget(a.A) is not { } file)
        {
            return -(long)Errno.EBADF;
        }

        long result = file.Body is Files.Directory directory
            ? await Fill(cpu, a, layout, file, await directory.Snapshot(cpu), (ulong)directory.Id)
            : -(long)Errno.ENOTDIR;
        await file.Put(cpu);
        return result;
    }

    private static async Op<long> Fill(
        Cpu cpu, SyscallArguments a, StructLayout layout, OpenFile file, Names names, ulong own)
    {
        int room = (int)Math.Min((uint)a.C, MostBytes);
        long position = await cpu.Load(file.Position);
        (Bytes entries, long next) = Entries(layout, a.Layout.WordSize, names, own, position, room);
        if (next == position && position < names.Count + 2)
        {
            return -(long)Errno.EINVAL;
        }

        long result = await cpu.ToUser(a.B, entries);
        if (result == 0)
        {
            await cpu.Store(file.Position, next);
        }

        return result < 0 ? result : entries.Length;
    }

    private static (Bytes Entries, long Next) Entries(
        StructLayout layout, int wordSize, Names names, ulong own, long position, int room)
    {
        Bytes all = Bytes.Empty;
        while (position >= 0 && position < names.Count + 2)
        {
            (string name, ulong number, int mode) = position switch
            {
                0 => (".", own, 0x4000),
                1 => ("..", own, 0x4000),
                _ => Entry(names, (int)position - 2),
            };
            Bytes entry = EntryOf(layout, wordSize, name, number, mode, position + 1);
            if (all.Length + entry.Length > room)
            {
                break;
            }

            all = all.With(entry.Span);
            position++;
        }

        return (all, position);
    }

    private static (string Name, ulong Number, int Mode) Entry(Names names, int index)
    {
        (string name, FileBody body) = names.At(index);
        return (name, (ulong)body.Id, body.Mode);
    }

    /// <summary>The old form has d_type in its last byte, the new one before the name.</summary>
    private static Bytes EntryOf(StructLayout layout, int wordSize, string name, ulong number, int mode, long next)
    {
        bool isWide = layout.Members.Any(member => member.Name is "d_type");
        int align = isWide ? 8 : wordSize;
        int size = (layout.Size + name.Length + (isWide ? 1 : 2) + align - 1) & -align;
        Span<byte> image = stackalloc byte[size];
        layout.Put(image, "d_ino", number);
        layout.Put(image, "d_off", (ulong)next);
        layout.Put(image, "d_reclen", (ulong)size);
        System.Text.Encoding.Latin1.GetBytes(name, image[layout.Size..]);
        image[isWide ? layout["d_type"].Offset : size - 1] = (byte)(mode >> TypeShift);
        return Bytes.Of(image);
    }
}
