namespace Sim.Arch;

/// <summary>The 128 bytes of siginfo_t in user memory. Linux: copy_siginfo_to_user().</summary>
/// <param name="WordSize">Bytes of a long: 8, or 4 in 32-bit programs.</param>
/// <param name="IsBigEndian">Byte order.</param>
public readonly record struct SiginfoImage(int WordSize, bool IsBigEndian)
{
    /// <summary>Bytes of the image.</summary>
    public const int Size = 128;

    /// <summary>Image of 64-bit x86 programs.</summary>
    public static SiginfoImage X86_64 => new(8, false);

    /// <summary>Image of 32-bit x86 programs.</summary>
    public static SiginfoImage I386 => new(4, false);

    /// <summary>Image of 64-bit powerpc programs.</summary>
    public static SiginfoImage Ppc64 => new(8, true);

    /// <summary>Image of 32-bit powerpc programs.</summary>
    public static SiginfoImage Ppc32 => new(4, true);

    /// <summary>Where the union starts: after three ints, aligned for a long.</summary>
    private int Union => WordSize == 8 ? 16 : 12;

    /// <summary>Where value and status are: after two ints.</summary>
    private int Third => Union + 8;

    /// <summary>Where utime is: after the status, aligned for a long.</summary>
    private int Times => Third + WordSize;

    /// <summary>Writes an image; what does not mean anything is 0.</summary>
    public void Write(Span<byte> bytes, in UserSiginfo info)
    {
        bytes[..Size].Clear();
        bytes.PutU32(0, (uint)info.Signo, IsBigEndian);
        bytes.PutU32(4, (uint)info.Errno, IsBigEndian);
        bytes.PutU32(8, (uint)info.Code, IsBigEndian);
        switch (info.Layout)
        {
            case SiginfoLayout.Timer:
                bytes.PutU32(Union, (uint)info.TimerId, IsBigEndian);
                bytes.PutU32(Union + 4, (uint)info.Overrun, IsBigEndian);
                bytes.PutWord(Third, WordSize, info.Value, IsBigEndian);
                break;
            case SiginfoLayout.Fault:
                bytes.PutWord(Union, WordSize, info.Addr, IsBigEndian);
                break;
            case SiginfoLayout.Child:
                WriteSender(bytes, in info);
                bytes.PutU32(Third, (uint)info.Status, IsBigEndian);
                bytes.PutWord(Times, WordSize, (ulong)info.Utime, IsBigEndian);
                bytes.PutWord(Times + WordSize, WordSize, (ulong)info.Stime, IsBigEndian);
                break;
            case SiginfoLayout.Rt:
                WriteSender(bytes, in info);
                bytes.PutWord(Third, WordSize, info.Value, IsBigEndian);
                break;
            case SiginfoLayout.Kill:
            default:
                WriteSender(bytes, in info);
                break;
        }
    }

    /// <summary>Reads an image; members of other layouts are 0.</summary>
    public UserSiginfo Read(ReadOnlySpan<byte> bytes)
    {
        var info = new UserSiginfo((int)bytes.U32(0, IsBigEndian), (int)bytes.U32(8, IsBigEndian))
        {
            Errno = (int)bytes.U32(4, IsBigEndian),
        };
        int first = (int)bytes.U32(Union, IsBigEndian);
        uint second = bytes.U32(Union + 4, IsBigEndian);
        ulong third = bytes.Word(Third, WordSize, IsBigEndian);
        return info.Layout switch
        {
            SiginfoLayout.Timer => info with { TimerId = first, Overrun = (int)second, Value = third },
            SiginfoLayout.Fault => info with { Addr = bytes.Word(Union, WordSize, IsBigEndian) },
            SiginfoLayout.Child => info with
            {
                Pid = first,
                Uid = second,
                Status = (int)bytes.U32(Third, IsBigEndian),
                Utime = ReadLong(bytes, Times),
                Stime = ReadLong(bytes, Times + WordSize),
            },
            SiginfoLayout.Rt => info with { Pid = first, Uid = second, Value = third },
            SiginfoLayout.Kill => info with { Pid = first, Uid = second },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private void WriteSender(Span<byte> bytes, in UserSiginfo info)
    {
        bytes.PutU32(Union, (uint)info.Pid, IsBigEndian);
        bytes.PutU32(Union + 4, info.Uid, IsBigEndian);
    }

    private long ReadLong(ReadOnlySpan<byte> bytes, int offset)
        => WordSize == 8 ? (long)bytes.U64(offset, IsBigEndian) : (int)bytes.U32(offset, IsBigEndian);
}
