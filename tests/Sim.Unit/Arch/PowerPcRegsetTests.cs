using Sim.Arch;
using Sim.Arch.PowerPc;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Unit.Arch;

/// <summary>What debuggers read and may write on powerpc.</summary>
public sealed class PowerPcRegsetTests
{
    [Theory]
    [InlineData("ppc64", 38)]
    [InlineData("ppc compat", 38)]
    [InlineData("ppc32", 39)]
    public void General_registers_up_to_ccr_are_written_as_they_are(string architecture, int last)
    {
        var bench = Bench.Of(architecture);
        Regset gpr = bench.View.Regsets[0];
        for (int slot = 0; slot < 48; slot++)
        {
            ulong before = slot < PtRegs ? bench[slot] : 0;
            ulong value = 0x1000_0fffUL + (ulong)slot;
            Assert.Equal(0, bench.SetSlot(gpr, slot, value));
            ulong expected = slot switch
            {
                Msr => (before & ~0x600UL) | (value & 0x600),
                Trap => value & 0xfff0,
                _ when slot <= last => value,
                _ => before,
            };
            Assert.Equal(expected, slot < PtRegs ? bench[slot] : 0);
        }
    }

    [Fact]
    public void Words_are_big_endian()
    {
        var bench = Bench.Ppc64();
        bench[Nip] = 0x0102030405060708;
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], bench.Get(bench.View.Regsets[0], Nip * 8, 8));

        var compat = Bench.Ppc64(isCompat: true);
        compat[Nip] = 0x0102030405060708;
        Assert.Equal([5, 6, 7, 8], compat.Get(compat.View.Regsets[0], Nip * 4, 4));
    }

    [Fact]
    public void Slots_behind_pt_regs_read_zero()
    {
        var bench = Bench.Ppc64();
        bench.Scramble(0, PowerPcRegisters.Count);
        bench[Trap] = 0xc00;
        Assert.All(bench.Get(bench.View.Regsets[0], 44 * 8, 4 * 8), b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData("ppc64", 0xdeadbeefdeadbeef)]
    [InlineData("ppc compat", 0xdeadbeef)]
    public void A_partial_frame_reads_poison_in_gpr14_to_gpr31(string architecture, ulong poison)
    {
        var bench = Bench.Of(architecture);
        Regset gpr = bench.View.Regsets[0];
        for (int i = 0; i < 32; i++)
        {
            bench[i] = 1;
        }

        bench[Trap] = 0xc01;
        Assert.Equal(
            Enumerable.Range(0, 32).Select(i => i < 14 ? 1 : poison),
            Enumerable.Range(0, 32).Select(i => bench.GetSlot(gpr, i)));
        bench[Trap] = 0xc00;
        Assert.Equal(1UL, bench.GetSlot(gpr, 14));
    }

    [Fact]
    public void Floating_point_registers_end_with_fpscr()
    {
        var bench = Bench.Ppc64();
        Regset fpr = bench.View.Regsets[1];
        for (int slot = 0; slot < 33; slot++)
        {
            Assert.Equal(0, bench.SetSlot(fpr, slot, 0x1000UL + (ulong)slot));
        }

        Assert.Equal((0x1000UL, 0x101fUL, 0x1020UL), (bench[Fpr], bench[Fpr + 31], bench[Fpscr]));
        Assert.Equal(0x1020UL, bench.GetSlot(fpr, 32));
    }

    [Fact]
    public void Vector_registers_have_vscr_in_the_last_and_vrsave_in_the_first_word()
    {
        var bench = Bench.Ppc64();
        Regset vmx = bench.View.Regsets[2];
        byte[] ones = [.. Enumerable.Repeat((byte)0xff, 34 * 16)];
        Assert.Equal(0, bench.Set(vmx, 0, ones));

        byte[] read = bench.Get(vmx);
        Assert.Equal(ones[..(33 * 16)], read[..(33 * 16)]);
        Assert.Equal([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], read[(33 * 16)..]);

        byte[] vr1 = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        bench.Set(vmx, 16, vr1);
        Assert.Equal((0x0102030405060708UL, 0x090a0b0c0d0e0f10UL), (bench[Vr + 2], bench[Vr + 3]));
    }

    [Theory]
    [InlineData("VMX", UsedVr, 34)]
    [InlineData("VSX", UsedVsr, 32)]
    public void A_unit_is_active_once_it_was_used(string name, int used, int n)
    {
        var bench = Bench.Ppc64();
        Regset set = bench.View.Regsets.Single(row => string.Equals(row.Name, name, StringComparison.Ordinal));
        Assert.Equal(0, set.Active(bench.Cpu, bench.Regs));
        bench[used] = 1;
        Assert.Equal(n, set.Active(bench.Cpu, bench.Regs));
    }

    [Fact]
    public void VSX_and_SPE_sets_hold_what_was_written()
    {
        var bench = Bench.Ppc64();
        bench.SetSlot(bench.View.Regsets[3], 31, 0x1234);
        Assert.Equal((0x1234UL, 0x1234UL), (bench[VsrLow + 31], bench.GetSlot(bench.View.Regsets[3], 31)));

        var embedded = new Bench(PowerPcArchitecture.Ppc32(PowerPcFeatures.Spe));
        Regset spe = embedded.View.Regsets[2];
        embedded.SetSlot(spe, 34, 0x5678);
        Assert.Equal((0x5678UL, 0x5678UL), (embedded[Spe + 34], embedded.GetSlot(spe, 34)));
        embedded[UsedSpe] = 1;
        Assert.Equal(35, spe.Active(embedded.Cpu, embedded.Regs));
    }
}
