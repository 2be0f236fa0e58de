using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;

namespace Sim.Unit.Arch;

/// <summary>Every number of section 8.3 of the specification.</summary>
public sealed class RegsetTableTests
{
    /// <summary>Set by set: name, n, size, align, bias, note, whether it is read only, whether active is asked.</summary>
    public static TheoryData<string, string, int, string[]> Views => new()
    {
        {
            "x86_64", "x86_64", 62,
            [
                "GENERAL 27x8 align 8 bias 0 note 0x1",
                "FP 64x8 align 8 bias 0 note 0x2 active",
                "IOPERM 1024x8 align 8 bias 0 note 0x201 readonly active",
            ]
        },
        {
            "i386", "i386", 3,
            [
                "GENERAL 17x4 align 4 bias 0 note 0x1",
                "FP 27x4 align 4 bias 0 note 0x2 active",
                "XFP 128x4 align 4 bias 0 note 0x46e62b7f active",
                "TLS 3x16 align 16 bias 12 note 0x200 active",
                "IOPERM 2048x4 align 4 bias 0 note 0x201 readonly active",
            ]
        },
        {
            "ppc64", "ppc64", 21,
            [
                "GPR 48x8 align 8 bias 0 note 0x1",
                "FPR 33x8 align 8 bias 0 note 0x2",
                "VMX 34x16 align 16 bias 0 note 0x100 active",
                "VSX 32x8 align 8 bias 0 note 0x102 active",
            ]
        },
        {
            "ppc compat", "ppc", 20,
            [
                "GPR 48x4 align 4 bias 0 note 0x1",
                "FPR 33x8 align 8 bias 0 note 0x2",
                "VMX 34x16 align 16 bias 0 note 0x100 active",
            ]
        },
        {
            "ppc32", "ppc", 20,
            [
                "GPR 48x4 align 4 bias 0 note 0x1",
                "FPR 33x8 align 8 bias 0 note 0x2",
                "VMX 34x16 align 16 bias 0 note 0x100 active",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void A_view_has_its_sets(string architecture, string name, int machine, string[] sets)
    {
        RegsetView view = Bench.Of(architecture).View;

        Assert.Equal((name, machine, 0), (view.Name, view.EMachine, view.EiOsabi));
        Assert.Equal(string.Join('\n', sets), Describe(view));
        Assert.Same(view.Regsets[1], view.Find(view.Regsets[1].CoreNoteType));
        Assert.Null(view.Find(0x7777));
    }

    [Fact]
    public void Embedded_powerpc_has_SPE_and_a_kernel_without_units_has_no_sets_for_them()
    {
        Assert.Equal(
            "GPR 48x4 align 4 bias 0 note 0x1\n" +
            "FPR 33x8 align 8 bias 0 note 0x2\n" +
            "SPE 35x4 align 4 bias 0 note 0x101 active",
            Describe(new Bench(PowerPcArchitecture.Ppc32(PowerPcFeatures.Spe)).View));
        Assert.Equal(2, new Bench(PowerPcArchitecture.Ppc64(PowerPcFeatures.None)).View.Regsets.Length);
    }

    [Fact]
    public void X86_slots_are_in_the_order_of_user_regs_struct()
    {
        Assert.Equal(
            "r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss fs_base gs_base ds es fs gs",
            string.Join(' ', X86Registers.Names));
        Assert.Equal(X86Registers.UserRegisters, X86Registers.Names.Length);
        Assert.Equal(
            (10, 15, 16, 17, 18, 19, 20, 21, 26),
            (X86Registers.Ax, X86Registers.OrigAx, X86Registers.Ip, X86Registers.Cs, X86Registers.Flags,
                X86Registers.Sp, X86Registers.Ss, X86Registers.FsBase, X86Registers.Gs));
    }

    [Fact]
    public void Powerpc_slots_are_those_of_asm_ptrace()
    {
        Assert.Equal("gpr[0]", PowerPcRegisters.Names[0]);
        Assert.Equal("gpr[31]", PowerPcRegisters.Names[31]);
        Assert.Equal(
            "32 nip, 33 msr, 34 orig_gpr3, 35 ctr, 36 link, 37 xer, 38 ccr, 39 softe, 40 trap, 41 dar, 42 dsisr, 43 result",
            string.Join(", ", PowerPcRegisters.Names.Select((name, i) => $"{i} {name}").Skip(32)));
        Assert.Equal(
            (32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43),
            (PowerPcRegisters.Nip, PowerPcRegisters.Msr, PowerPcRegisters.OrigGpr3, PowerPcRegisters.Ctr,
                PowerPcRegisters.Link, PowerPcRegisters.Xer, PowerPcRegisters.Ccr, PowerPcRegisters.Softe,
                PowerPcRegisters.Trap, PowerPcRegisters.Dar, PowerPcRegisters.Dsisr, PowerPcRegisters.Result));
    }

    private static string Describe(RegsetView view) => string.Join('\n', view.Regsets.Select(Describe));

    private static string Describe(Regset set)
        => $"{set.Name} {set.N}x{set.Size} align {set.Align} bias {set.Bias} note 0x{set.CoreNoteType:x}" +
            (set.IsReadOnly ? " readonly" : "") + (set.HasActive ? " active" : "");
}
