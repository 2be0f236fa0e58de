using System.Collections.Immutable;

namespace Sim.Arch.Abi;

/// <summary>Structures that system calls exchange with programs, by kind of program.</summary>
public static class StructLayouts
{
    private const int Word = 0;

    /// <summary>struct stat. Source: asm/stat.h of x86 and powerpc.</summary>
    public static StructLayout Stat(SyscallNumbering numbering) => s_stat[(int)numbering];

    /// <summary>struct linux_dirent of getdents(), without the name that follows. Source: fs/readdir.c.</summary>
    public static StructLayout Dirent(SyscallNumbering numbering) => s_dirent[(int)numbering];

    /// <summary>struct linux_dirent64 of getdents64(), without the name that follows. Source: linux/dirent.h.</summary>
    public static StructLayout Dirent64(SyscallNumbering numbering) => s_dirent64[(int)numbering];

    /// <summary>struct rlimit. Source: linux/resource.h.</summary>
    public static StructLayout Rlimit(SyscallNumbering numbering) => s_rlimit[(int)numbering];

    private static readonly ImmutableArray<StructLayout> s_stat =
    [
        Make(SyscallNumbering.X86_64, "stat", 144, WideStat),
        Make(
            SyscallNumbering.I386, "stat", 64,
            [
                ("st_dev", 0, Word), ("st_ino", 4, Word), ("st_mode", 8, 2), ("st_nlink", 10, 2), ("st_uid", 12, 2),
                ("st_gid", 14, 2), ("st_rdev", 16, Word), ("st_size", 20, Word), ("st_blksize", 24, Word),
                ("st_blocks", 28, Word), ("st_atime", 32, Word), ("st_atime_nsec", 36, Word), ("st_mtime", 40, Word),
                ("st_mtime_nsec", 44, Word), ("st_ctime", 48, Word), ("st_ctime_nsec", 52, Word),
            ]),
        Make(SyscallNumbering.Ppc64, "stat", 144, WideStat),
        Make(
            SyscallNumbering.Ppc32, "stat", 72,
            [
                ("st_dev", 0, Word), ("st_ino", 4, Word), ("st_mode", 8, 4), ("st_nlink", 12, 2), ("st_uid", 16, 4),
                ("st_gid", 20, 4), ("st_rdev", 24, Word), ("st_size", 28, Word), ("st_blksize", 32, Word),
                ("st_blocks", 36, Word), ("st_atime", 40, Word), ("st_atime_nsec", 44, Word), ("st_mtime", 48, Word),
                ("st_mtime_nsec", 52, Word), ("st_ctime", 56, Word), ("st_ctime_nsec", 60, Word),
            ]),
    ];

    private static readonly ImmutableArray<StructLayout> s_dirent =
    [
        .. Enum.GetValues<SyscallNumbering>().Select(kind => WordSize(kind) == 8
            ? Make(kind, "linux_dirent", 18, [("d_ino", 0, Word), ("d_off", 8, Word), ("d_reclen", 16, 2)])
            : Make(kind, "linux_dirent", 10, [("d_ino", 0, Word), ("d_off", 4, Word), ("d_reclen", 8, 2)])),
    ];

    private static readonly ImmutableArray<StructLayout> s_dirent64 =
    [
        .. Enum.GetValues<SyscallNumbering>().Select(kind => Make(
            kind, "linux_dirent64", 19, [("d_ino", 0, 8), ("d_off", 8, 8), ("d_reclen", 16, 2), ("d_type", 18, 1)])),
    ];

    private static readonly ImmutableArray<StructLayout> s_rlimit =
    [
        .. Enum.GetValues<SyscallNumbering>().Select(kind => Make(
            kind, "rlimit", 2 * WordSize(kind), [("rlim_cur", 0, Word), ("rlim_max", WordSize(kind), Word)])),
    ];

    /// <summary>That of both 64-bit architectures.</summary>
    private static ReadOnlySpan<(string Name, int Offset, int Size)> WideStat =>
        new (string, int, int)[]
        {
            ("st_dev", 0, Word), ("st_ino", 8, Word), ("st_nlink", 16, Word), ("st_mode", 24, 4), ("st_uid", 28, 4),
            ("st_gid", 32, 4), ("st_rdev", 40, Word), ("st_size", 48, Word), ("st_blksize", 56, Word),
            ("st_blocks", 64, Word), ("st_atime", 72, Word), ("st_atime_nsec", 80, Word), ("st_mtime", 88, Word),
            ("st_mtime_nsec", 96, Word), ("st_ctime", 104, Word), ("st_ctime_nsec", 112, Word),
        };

    private static int WordSize(SyscallNumbering numbering)
        => numbering is SyscallNumbering.X86_64 or SyscallNumbering.Ppc64 ? 8 : 4;

    private static StructLayout Make(
        SyscallNumbering numbering, string name, int size, ReadOnlySpan<(string Name, int Offset, int Size)> members)
    {
        ImmutableArray<StructMember>.Builder all = ImmutableArray.CreateBuilder<StructMember>(members.Length);
        foreach ((string member, int offset, int bytes) in members)
        {
            all.Add(new StructMember(member, offset, bytes == Word ? WordSize(numbering) : bytes));
        }

        bool isBigEndian = numbering is SyscallNumbering.Ppc64 or SyscallNumbering.Ppc32;
        return new StructLayout(name, size, isBigEndian, all.ToImmutable());
    }
}
