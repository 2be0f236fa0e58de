using Sim.Kernel;
using Sim.Kernel.Pids;
using Sim.Machine;
using Sim.Machine.Processors;

namespace Sim.Unit.Kernel.Pids;

/// <summary>Which numbers are given out; the same ones in both modes.</summary>
public sealed class PidTableTests
{
    [Theory]
    [InlineData(RunMode.Direct)]
    [InlineData(RunMode.Explored)]
    public void After_the_largest_number_come_the_free_ones_that_are_not_reserved(RunMode mode)
    {
        LinuxKernel kernel = Boot(mode, pidMax: 8, reserved: 3);
        Pid[] all = [.. Enumerable.Range(0, 7).Select(_ => Alloc(kernel)!)];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], all.Select(pid => pid.Nr));
        Assert.Null(Alloc(kernel));

        Free(kernel, all[1], all[3], all[5]);
        Assert.Equal(4, kernel.Pids.PeekCount);
        Assert.Equal([4, 6], [Alloc(kernel)!.Nr, Alloc(kernel)!.Nr]);

        // Number 2 is free, and reserved.
        Assert.Null(Alloc(kernel));
    }

    [Theory]
    [InlineData(RunMode.Direct)]
    [InlineData(RunMode.Explored)]
    public void The_number_given_out_last_is_the_last_to_be_used_again(RunMode mode)
    {
        LinuxKernel kernel = Boot(mode, pidMax: 5, reserved: 0);
        Pid[] all = [.. Enumerable.Range(0, 4).Select(_ => Alloc(kernel)!)];

        Free(kernel, all[2], all[3]);
        Assert.Equal([3, 4], [Alloc(kernel)!.Nr, Alloc(kernel)!.Nr]);
        Free(kernel, Find(kernel, 4)!);
        Assert.Equal(4, Alloc(kernel)!.Nr);
    }

    [Fact]
    public void In_direct_mode_numbers_need_more_than_16_bits()
    {
        const int PidMax = 70_000;
        LinuxKernel kernel = Boot(RunMode.Direct, PidMax, reserved: 300);
        for (int nr = 1; nr < PidMax; nr++)
        {
            Assert.Equal(nr, Alloc(kernel)!.Nr);
        }

        Assert.Null(Alloc(kernel));
        Free(kernel, Find(kernel, 69_999)!, Find(kernel, 4_096)!, Find(kernel, 4_095)!, Find(kernel, 299)!);
        Assert.Null(Find(kernel, 4_096));
        Assert.Equal([4_095, 4_096, 69_999], [Alloc(kernel)!.Nr, Alloc(kernel)!.Nr, Alloc(kernel)!.Nr]);
        Assert.Null(Alloc(kernel));
        Assert.Equal(PidMax - 2, kernel.Pids.PeekCount);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    public void A_number_that_names_nobody_is_not_found(int nr)
        => Assert.Null(Find(Boot(RunMode.Direct, pidMax: 64, reserved: 2), nr));

    private static LinuxKernel Boot(RunMode mode, int pidMax, int reserved)
        => new(
            new SimMachine(new MachineOptions { Mode = mode }),
            null,
            new KernelOptions { PidMax = pidMax, ReservedPids = reserved });

    private static Pid? Alloc(LinuxKernel kernel) => kernel.Pids.Alloc(kernel.Machine.BootCpu).GetAwaiter().GetResult();

    private static Pid? Find(LinuxKernel kernel, int nr)
        => kernel.Pids.Find(kernel.Machine.BootCpu, nr).GetAwaiter().GetResult();

    private static void Free(LinuxKernel kernel, params Pid[] pids)
    {
        Cpu boot = kernel.Machine.BootCpu;
        foreach (Pid pid in pids)
        {
            kernel.Pids.Free(boot, pid).GetAwaiter().GetResult();
        }
    }
}
