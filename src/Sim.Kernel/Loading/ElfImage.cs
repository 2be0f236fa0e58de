using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;

namespace Sim.Kernel.Loading;

/// <summary>
/// The headers of a static ELF program, checked: nothing in them points outside the file or outside user space.
/// Source: fs/binfmt_elf.c load_elf_binary().
/// </summary>
[Immutable]
public sealed class ElfImage
{
    /// <summary>EM_PPC.</summary>
    public const int MachinePpc = 20;

    /// <summary>EM_PPC64.</summary>
    public const int MachinePpc64 = 21;

    /// <summary>EM_X86_64.</summary>
    public const int MachineX8664 = 62;

    /// <summary>ELF_ET_DYN_BASE: where a position-independent program goes.</summary>
    private const ulong Base = Paging.TaskSize / 3 * 2 & ~(Paging.PageSize - 1);

    /// <summary>The same for a 32-bit program.</summary>
    private const ulong NarrowBase = 0x2000_0000;

    private ElfImage(Bytes file, int machine, bool isBigEndian, int wordSize)
        => (File, Machine, IsBigEndian, WordSize) = (file, machine, isBigEndian, wordSize);

    /// <summary>The whole file.</summary>
    public Bytes File { get; }

    /// <summary>e_machine.</summary>
    public int Machine { get; }

    /// <summary>EI_DATA.</summary>
    public bool IsBigEndian { get; }

    /// <summary>8 for ELFCLASS64, 4 for ELFCLASS32.</summary>
    public int WordSize { get; }

    /// <summary>e_entry; on ppc64 ELFv1 the address of a descriptor.</summary>
    public ulong Entry { get; private init; }

    /// <summary>e_flags: on ppc64 the version of the ABI.</summary>
    public uint Flags { get; private init; }

    /// <summary>Whether it is for powerpc, of either width.</summary>
    public bool IsPowerPc => Machine is MachinePpc or MachinePpc64;

    /// <summary>The end of user space for such a program.</summary>
    public ulong TaskSize => Machine switch
    {
        MachinePpc64 => PowerPcArchitecture.TaskSize64,
        MachinePpc => PowerPcArchitecture.TaskSize32Compat,
        _ => Paging.TaskSize,
    };

    /// <summary>Whether <see cref="Entry"/> is that of a descriptor: ppc64 before version 2 of its ABI.</summary>
    public bool HasEntryDescriptor => Machine == MachinePpc64 && (Flags & 3) < 2 && IsBigEndian;

    /// <summary>Where the program headers are in memory: AT_PHDR.</summary>
    public ulong ProgramHeaders { get; private init; }

    /// <summary>e_phentsize.</summary>
    public int HeaderSize { get; private init; }

    /// <summary>e_phnum.</summary>
    public int HeaderCount { get; private init; }

    /// <summary>PT_LOAD, by address.</summary>
    public ImmutableArray<ElfSegment> Segments { get; private init; }

    /// <summary>PT_GNU_STACK with PF_X, or no such header.</summary>
    public bool HasExecutableStack { get; private init; }

    /// <summary>The end of the highest segment: where the heap begins.</summary>
    public ulong End => Segments[^1].Address + Segments[^1].MemorySize;

    /// <summary>Reads the headers of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="image">The program.</param>
    /// <param name="problem">What is wrong, in a few words.</param>
    public static bool TryRead(
        Bytes file, [NotNullWhen(true)] out ElfImage? image, [NotNullWhen(false)] out string? problem)
    {
        image = null;
        ReadOnlySpan<byte> bytes = file.Span;
        const int Smallest = 52;
        if (bytes.Length < Smallest || !bytes.StartsWith("\u007fELF"u8))
        {
            problem = "not an ELF file";
            return false;
        }

        if (bytes[4] is not (1 or 2) || bytes[5] is not (1 or 2))
        {
            problem = "an ELF file of no known class or byte order";
            return false;
        }

        bool wide = bytes[4] == 2;
        if (wide && bytes.Length < 64)
        {
            problem = "an ELF file that ends in its header";
            return false;
        }

        var reader = new Fields(bytes, bytes[5] == 2, wide);
        int type = reader.Half(16);
        if (type is not (2 or 3))
        {
            problem = "an ELF file, but no program";
            return false;
        }

        return Read(file, reader, type == 3, out image, out problem);
    }

#pragma warning disable MA0051 // one loop over the headers, with what each of them means
    private static bool Read(
        Bytes file,
        Fields reader,
        bool isPie,
        [NotNullWhen(true)] out ElfImage? image,
        [NotNullWhen(false)] out string? problem)
    {
        image = null;
        bool wide = reader.IsWide;
        ulong table = reader.Word(wide ? 32 : 28);
        int entrySize = reader.Half(wide ? 54 : 42);
        int count = reader.Half(wide ? 56 : 44);
        if (entrySize != (wide ? 56 : 32) || count is 0 or > 64 ||
            table > (ulong)file.Length || (ulong)(entrySize * count) > (ulong)file.Length - table)
        {
            problem = "an ELF file with bad program headers";
            return false;
        }

        ulong bias = !isPie ? 0 : wide ? Base : NarrowBase;
        bool executableStack = true;
        ulong headers = 0;
        var segments = new List<ElfSegment>();
        for (int i = 0; i < count; i++)
        {
            ElfHeader header = reader.Header((int)table + (i * entrySize));
            switch (header.Type)
            {
                case ElfHeader.Load when header.MemorySize != 0:
                    if (!IsGood(header, file, bias, wide, segments))
                    {
                        problem = "an ELF file with a bad segment";
                        return false;
                    }

                    segments.Add(new ElfSegment(
                        header.Address + bias, header.Offset, header.FileSize, header.MemorySize, header.Protection));
                    if (table >= header.Offset && table - header.Offset < header.FileSize)
                    {
                        headers = header.Address + bias + (table - header.Offset);
                    }

                    break;
                case ElfHeader.Interpreter:
                    problem = "a program that needs a dynamic linker; only static programs run";
                    return false;
                case ElfHeader.Stack:
                    executableStack = (header.Protection & Protection.Execute) != Protection.None;
                    break;
                default:
                    break;
            }
        }

        if (segments.Count == 0)
        {
            problem = "an ELF file with nothing to load";
            return false;
        }

        problem = null;
        image = new ElfImage(file, reader.Half(18), reader.IsBigEndian, wide ? 8 : 4)
        {
            Entry = reader.Word(24) + bias,
            Flags = reader.Int(wide ? 48 : 36),
            ProgramHeaders = headers,
            HeaderSize = entrySize,
            HeaderCount = count,
            Segments = [.. segments],
            HasExecutableStack = executableStack,
        };
        return true;
    }

#pragma warning restore MA0051

    private static bool IsGood(ElfHeader header, Bytes file, ulong bias, bool wide, List<ElfSegment> before)
    {
        const ulong MostMemory = 1UL << 32;
        ulong start = header.Address + bias;
        ulong top = wide ? Paging.TaskSize : 0xc000_0000;
        return header.FileSize <= header.MemorySize && header.MemorySize <= MostMemory &&
            header.Offset <= (ulong)file.Length && header.FileSize <= (ulong)file.Length - header.Offset &&
            header.Address < top && start >= Paging.MinimumAddress && start < top && header.MemorySize < top - start &&
            Paging.Offset(header.Address - header.Offset) == 0 &&
            (before.Count == 0 || Paging.Floor(start) >= Paging.Align(before[^1].Address + before[^1].MemorySize));
    }

    /// <summary>A program header.</summary>
    private readonly record struct ElfHeader(
        uint Type, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, Protection Protection)
    {
        internal const uint Load = 1;
        internal const uint Interpreter = 3;
        internal const uint Stack = 0x6474_e551;
    }

    /// <summary>The fields of headers, in the file's own width and order.</summary>
    private readonly ref struct Fields(ReadOnlySpan<byte> bytes, bool isBigEndian, bool isWide)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        internal bool IsBigEndian => isBigEndian;

        internal bool IsWide => isWide;

        internal int Half(int offset) => isBigEndian
            ? (_bytes[offset] << 8) | _bytes[offset + 1]
            : (_bytes[offset + 1] << 8) | _bytes[offset];

        internal uint Int(int offset) => _bytes.U32(offset, isBigEndian);

        internal ulong Word(int offset) => _bytes.Word(offset, isWide ? 8 : 4, isBigEndian);

        internal ElfHeader Header(int at)
        {
            uint flags = Int(at + (isWide ? 4 : 24));
            Protection protection = ((flags & 4) != 0 ? Protection.Read : Protection.None) |
                ((flags & 2) != 0 ? Protection.Write : Protection.None) |
                ((flags & 1) != 0 ? Protection.Execute : Protection.None);
            return isWide
                ? new ElfHeader(Int(at), Word(at + 8), Word(at + 16), Word(at + 32), Word(at + 40), protection)
                : new ElfHeader(Int(at), Word(at + 4), Word(at + 8), Word(at + 16), Word(at + 20), protection);
        }
    }
}
