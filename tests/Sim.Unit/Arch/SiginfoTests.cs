using Sim.Arch;

namespace Sim.Unit.Arch;

/// <summary>siginfo_t and its bytes.</summary>
public sealed class SiginfoTests
{
    private const int SIGTRAP = 5;
    private const int SIGSEGV = 11;
    private const int SIGALRM = 14;
    private const int SIGCHLD = 17;
    private const int SIGRTMIN = 32;

    private static readonly UserSiginfo s_full = new(0, 0)
    {
        Errno = 3,
        Pid = 1001,
        Uid = 501,
        Value = 0x11223344,
        Addr = 0x55667788,
        Status = 9,
        Utime = 70,
        Stime = -1,
        TimerId = 6,
        Overrun = 2,
    };

    public static TheoryData<int, int, SiginfoLayout> Layouts => new()
    {
        { SIGALRM, UserSiginfo.SI_USER, SiginfoLayout.Kill },
        { SIGCHLD, UserSiginfo.SI_USER, SiginfoLayout.Kill },
        { SIGSEGV, UserSiginfo.SI_KERNEL, SiginfoLayout.Kill },
        { SIGSEGV, UserSiginfo.SI_TKILL, SiginfoLayout.Kill },
        { SIGRTMIN, UserSiginfo.SI_QUEUE, SiginfoLayout.Rt },
        { SIGRTMIN, UserSiginfo.SI_MESGQ, SiginfoLayout.Rt },
        { SIGALRM, UserSiginfo.SI_TIMER, SiginfoLayout.Timer },
        { SIGCHLD, 1, SiginfoLayout.Child },
        { SIGSEGV, 1, SiginfoLayout.Fault },
        { SIGTRAP, 2, SiginfoLayout.Fault },
        { SIGTRAP, SIGTRAP, SiginfoLayout.Kill },
        { SIGTRAP, SIGTRAP | (6 << 8), SiginfoLayout.Kill },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Code_and_number_say_which_members_mean_something(int signo, int code, SiginfoLayout layout)
        => Assert.Equal(layout, new UserSiginfo(signo, code).Layout);

    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_image_read_back_is_what_was_written(int signo, int code, SiginfoLayout layout)
    {
        UserSiginfo info = s_full with { Signo = signo, Code = code };
        UserSiginfo expected = layout switch
        {
            SiginfoLayout.Kill => Header(info) with { Pid = 1001, Uid = 501 },
            SiginfoLayout.Rt => Header(info) with { Pid = 1001, Uid = 501, Value = 0x11223344 },
            SiginfoLayout.Child => Header(info) with { Pid = 1001, Uid = 501, Status = 9, Utime = 70, Stime = -1 },
            SiginfoLayout.Fault => Header(info) with { Addr = 0x55667788 },
            SiginfoLayout.Timer or _ => Header(info) with { TimerId = 6, Overrun = 2, Value = 0x11223344 },
        };
        foreach (SiginfoImage image in new[] { SiginfoImage.X86_64, SiginfoImage.I386, SiginfoImage.Ppc64, SiginfoImage.Ppc32 })
        {
            byte[] bytes = new byte[128];
            Array.Fill(bytes, (byte)0xee);
            image.Write(bytes, in info);
            Assert.Equal(expected, image.Read(bytes));
        }
    }

    [Theory]
    [InlineData(SIGCHLD, 1, "x86_64", "11000000 03000000 01000000 00000000 e9030000 f5010000 09000000 00000000 46000000 00000000 ffffffff ffffffff")]
    [InlineData(SIGCHLD, 1, "ppc64", "00000011 00000003 00000001 00000000 000003e9 000001f5 00000009 00000000 00000000 00000046 ffffffff ffffffff")]
    [InlineData(SIGCHLD, 1, "i386", "11000000 03000000 01000000 e9030000 f5010000 09000000 46000000 ffffffff")]
    [InlineData(SIGRTMIN, -1, "x86_64", "20000000 03000000 ffffffff 00000000 e9030000 f5010000 44332211 00000000")]
    [InlineData(SIGRTMIN, -1, "ppc32", "00000020 00000003 ffffffff 000003e9 000001f5 11223344")]
    [InlineData(SIGSEGV, 1, "x86_64", "0b000000 03000000 01000000 00000000 88776655 00000000")]
    [InlineData(SIGSEGV, 1, "ppc64", "0000000b 00000003 00000001 00000000 00000000 55667788")]
    [InlineData(SIGALRM, -2, "x86_64", "0e000000 03000000 feffffff 00000000 06000000 02000000 44332211 00000000")]
    [InlineData(SIGALRM, 0, "ppc64", "0000000e 00000003 00000000 00000000 000003e9 000001f5")]
    public void Members_are_where_the_ABI_has_them(int signo, int code, string architecture, string words)
    {
        SiginfoImage image = architecture switch
        {
            "x86_64" => SiginfoImage.X86_64,
            "i386" => SiginfoImage.I386,
            "ppc64" => SiginfoImage.Ppc64,
            _ => SiginfoImage.Ppc32,
        };
        byte[] bytes = new byte[128];
        image.Write(bytes, s_full with { Signo = signo, Code = code });

        byte[] head = Convert.FromHexString(words.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(head, bytes[..head.Length]);
        Assert.All(bytes[head.Length..], b => Assert.Equal(0, b));
    }

    private static UserSiginfo Header(UserSiginfo info) => new(info.Signo, info.Code) { Errno = info.Errno };
}
