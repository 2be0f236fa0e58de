using Sim.Arch;
using Sim.Arch.X86_64;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>What debuggers read and may write on x86, 2.6.32.</summary>
public sealed class X86RegsetTests
{
    private const int EIO = -5;
    private const int ENXIO = -6;
    private const int EINVAL = -22;
    private const int EOPNOTSUPP = -95;

    [Fact]
    public void General_registers_can_be_read_and_written_in_part()
    {
        var bench = Bench.X86();
        Regset general = bench.View.Regsets[0];
        bench[Ax] = 0x1122334455667788;
        bench[Cx] = 0x99;

        byte[] two = bench.Get(general, Ax * 8, 16);
        Assert.Equal([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x99, 0, 0, 0, 0, 0, 0, 0], two);
        two[8] = 0x77;
        Assert.Equal(0, bench.Set(general, Ax * 8, two));
        Assert.Equal((0x1122334455667788UL, 0x77UL), (bench[Ax], bench[Cx]));
    }

    [Theory]
    [InlineData(4, 8)]
    [InlineData(0, 7)]
    [InlineData(208, 16)]
    [InlineData(-8, 8)]
    public void Positions_must_be_those_of_whole_slots(int pos, int count)
    {
        var bench = Bench.X86();

        Assert.Equal(EIO, bench.View.Regsets[0].Get(bench.Cpu, bench.Regs, pos, new byte[count]));
        Assert.Equal(EIO, bench.Set(bench.View.Regsets[0], pos, new byte[count]));
    }

    [Fact]
    public void Only_user_flags_can_be_written()
    {
        var bench = Bench.X86();
        Assert.Equal(0, bench.SetSlot(bench.View.Regsets[0], Flags, ulong.MaxValue));
        Assert.Equal(0x54dd5UL | 0x200, bench[Flags]);
        Assert.Equal(0, bench.SetSlot(bench.View.Regsets[0], Flags, 0));
        Assert.Equal(0x200UL, bench[Flags]);
    }

    [Fact]
    public void A_trap_flag_that_stepping_forced_is_neither_seen_nor_lost()
    {
        var bench = Bench.X86();
        Regset general = bench.View.Regsets[0];
        bench.SingleStep();
        Assert.NotEqual(0UL, bench[Flags] & 0x100);
        Assert.Equal(0UL, bench.GetSlot(general, Flags) & 0x100);

        bench.SetSlot(general, Flags, 1);
        Assert.Equal(0x101UL | 0x200, bench[Flags]);

        // Written, it is the user's own: seen, and kept when stepping ends.
        bench.SetSlot(general, Flags, 0x100);
        Assert.Equal(0x100UL, bench.GetSlot(general, Flags) & 0x100);
        bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
        Assert.NotEqual(0UL, bench[Flags] & 0x100);
    }

    [Theory]
    [InlineData(Cs)]
    [InlineData(Ss)]
    public void Cs_and_ss_of_a_64_bit_task_accept_user_selectors_and_stay(int word)
    {
        var bench = Bench.X86();
        Regset general = bench.View.Regsets[0];
        ulong before = bench[word];

        Assert.Equal(EIO, bench.SetSlot(general, word, 0));
        Assert.Equal(EIO, bench.SetSlot(general, word, 0x10));
        Assert.Equal(0, bench.SetSlot(general, word, 0xffff));
        Assert.Equal(before, bench.GetSlot(general, word));
    }

    [Fact]
    public void Cs_of_a_32_bit_task_changes()
    {
        var bench = Bench.X86(isCompat: true);
        Assert.Equal(0, bench.SetSlot(bench.View.Regsets[0], 13, 0x33));
        Assert.Equal(0x33UL, bench[Cs]);
    }

    [Theory]
    [InlineData(Ds)]
    [InlineData(Es)]
    [InlineData(Fs)]
    [InlineData(Gs)]
    public void Data_selectors_are_null_or_of_user_privilege(int word)
    {
        var bench = Bench.X86();
        Regset general = bench.View.Regsets[0];

        Assert.Equal(EIO, bench.SetSlot(general, word, 0x18));
        Assert.Equal(0, bench.SetSlot(general, word, 0x1_002b));
        Assert.Equal(0x2bUL, bench.GetSlot(general, word));
        Assert.Equal(0, bench.SetSlot(general, word, 0));
        Assert.Equal(0UL, bench.GetSlot(general, word));
    }

    [Theory]
    [InlineData(FsBase, Fs, 0x6b)]
    [InlineData(GsBase, Gs, 0x63)]
    public void A_base_below_4_GiB_goes_to_a_descriptor(int baseWord, int selector, ulong tlsSelector)
    {
        var bench = Bench.X86();
        Regset general = bench.View.Regsets[0];

        Assert.Equal(0, bench.SetSlot(general, baseWord, 0x1234_0000));
        Assert.Equal((tlsSelector, 0x1234_0000UL), (bench.GetSlot(general, selector), bench.GetSlot(general, baseWord)));

        // A selector written back as 64-bit programs have it does not take the base away.
        Assert.Equal(0, bench.SetSlot(general, selector, 0));
        Assert.Equal((tlsSelector, 0x1234_0000UL), (bench.GetSlot(general, selector), bench.GetSlot(general, baseWord)));

        Assert.Equal(0, bench.SetSlot(general, baseWord, 0x7f00_0000_0000));
        Assert.Equal((0UL, 0x7f00_0000_0000UL), (bench.GetSlot(general, selector), bench.GetSlot(general, baseWord)));
        Assert.Equal(EIO, bench.SetSlot(general, baseWord, X86Architecture.TaskSizeMax));
    }

    [Fact]
    public void Orig_ax_keeps_64_bits()
    {
        var bench = Bench.X86();
        bench.SetSlot(bench.View.Regsets[0], OrigAx, 0x1_ffff_ffff);
        Assert.Equal(0x1_ffff_ffffUL, bench.GetSlot(bench.View.Regsets[0], OrigAx));
    }

    [Fact]
    public void The_first_refusal_ends_a_write()
    {
        var bench = Bench.X86();
        byte[] all = bench.Get(bench.View.Regsets[0]);
        all[Ip * 8] = 0x55;
        all[Cs * 8] = 0;
        all[Sp * 8] = 0x55;

        Assert.Equal(EIO, bench.Set(bench.View.Regsets[0], 0, all));
        Assert.Equal(0x10_0055UL, bench[Ip]);
        Assert.Equal(Bench.StackPointer, bench[Sp]);
    }

    [Fact]
    public void Registers_of_a_32_bit_task_are_in_its_order()
    {
        var bench = Bench.X86(isCompat: true);
        Regset general = bench.View.Regsets[0];
        int[] words = [Bx, Cx, Dx, Si, Di, Bp, Ax, Ds, Es, Fs, Gs, OrigAx, Ip, Cs, Flags, Sp, Ss];
        for (int slot = 0; slot < 17; slot++)
        {
            ulong value = 0x203UL + (8 * (ulong)slot);
            Assert.Equal(0, bench.SetSlot(general, slot, value));
            ulong expected = words[slot] == Flags ? (value & 0x54dd5) | 0x200 : value;
            Assert.Equal((expected, expected), (bench.GetSlot(general, slot), bench[words[slot]]));
        }
    }

    [Fact]
    public void A_32_bit_debugger_that_sets_orig_eax_makes_the_call_a_32_bit_one()
    {
        var bench = Bench.X86(isCompat: true);
        bench[Ax] = 0xfffffe00;
        bench[Ip] = 0x1010;
        bench.SetSlot(bench.View.Regsets[0], 11, 0xffffffff);
        Assert.Equal(0, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
        bench.SetSlot(bench.View.Regsets[0], 11, 3);

        Assert.Equal(-512, bench.Syscalls.GetError(bench.Cpu, bench.Regs));
        Assert.Equal(SyscallRestart.Again, bench.Syscalls.RestartWithoutHandler(bench.Cpu, bench.Regs));
        Assert.Equal((3UL, 0x100eUL), (bench[Ax], bench[Ip]));
    }

    [Fact]
    public void Floating_point_is_active_once_it_was_used()
    {
        var bench = Bench.X86();
        Regset fp = bench.View.Regsets[1];
        Assert.Equal(0, fp.Active(bench.Cpu, bench.Regs));
        Assert.Equal((0x37fUL, 0x1f80UL), (bench.GetSlot(fp, 0), bench.GetSlot(fp, 3)));
        Assert.Equal(0, fp.Active(bench.Cpu, bench.Regs));

        bench.SetSlot(fp, 4, 0xabcdef);
        Assert.Equal(64, fp.Active(bench.Cpu, bench.Regs));
        Assert.Equal((0x37fUL, 0xabcdefUL), (bench.GetSlot(fp, 0), bench.GetSlot(fp, 4)));
    }

    [Fact]
    public void Mxcsr_loses_bits_that_the_processor_does_not_have()
    {
        var bench = Bench.X86();
        bench.SetSlot(bench.View.Regsets[1], 3, 0xffff_ffff_ffff_ffff);
        Assert.Equal(0xffff_ffff_0000_ffffUL, bench.GetSlot(bench.View.Regsets[1], 3));
    }

    [Fact]
    public void The_FSAVE_image_is_the_FXSAVE_image_in_other_words()
    {
        var bench = Bench.X86(isCompat: true);
        (Regset fp, Regset xfp) = (bench.View.Regsets[1], bench.View.Regsets[2]);
        Assert.Equal(0xffff037fUL, bench.GetSlot(fp, 0));
        Assert.Equal(0xffffffffUL, bench.GetSlot(fp, 2));

        // st(0) = 1.0 in the last physical register, st(1) = 0.0 in the one before.
        byte[] image = bench.Get(fp);
        image[5] = 0x30;
        image[8] = 0xff;
        image[9] = 0x4f;
        image[28 + 7] = 0x80;
        image[28 + 8] = 0xff;
        image[28 + 9] = 0x3f;
        Assert.Equal(0, bench.Set(fp, 0, image));

        Assert.Equal(image, bench.Get(fp));
        Assert.Equal(0x3000_037fUL, bench.GetSlot(xfp, 0));
        Assert.Equal(0xc0UL, bench.GetSlot(xfp, 1));
        Assert.Equal(0x8000_0000UL, bench.GetSlot(xfp, 9));
        Assert.Equal(0x3fffUL, bench.GetSlot(xfp, 10));
    }

    [Fact]
    public void Thread_local_descriptors_are_user_descs()
    {
        var bench = Bench.X86(isCompat: true);
        Regset tls = bench.View.Regsets[3];
        Assert.Equal(0, tls.Active(bench.Cpu, bench.Regs));
        byte[] empty = bench.Get(tls, 16, 16);
        Assert.Equal((13, 0x28), (empty[0], empty[12]));

        byte[] descriptor = new byte[16];
        descriptor[5] = 0x12;
        descriptor[8] = 0xff;
        descriptor[12] = 0x51;
        Assert.Equal(0, bench.Set(tls, 16, descriptor));
        descriptor[0] = 13;
        Assert.Equal(descriptor, bench.Get(tls, 16, 16));
        Assert.Equal(2, tls.Active(bench.Cpu, bench.Regs));

        descriptor[12] = 0x50;
        Assert.Equal(EINVAL, bench.Set(tls, 16, descriptor));
        Assert.Equal(0, bench.Set(tls, 16, empty));
        Assert.Equal(0, tls.Active(bench.Cpu, bench.Regs));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 4)]
    public void There_is_no_permission_bitmap_and_it_is_read_only(bool isCompat, int set)
    {
        var bench = Bench.X86(isCompat);
        Regset ioperm = bench.View.Regsets[set];

        Assert.Equal(0, ioperm.Active(bench.Cpu, bench.Regs));
        Assert.Equal(ENXIO, ioperm.Get(bench.Cpu, bench.Regs, 0, new byte[8]));
        Assert.Equal(EOPNOTSUPP, bench.Set(ioperm, 0, new byte[8]));
    }
}
