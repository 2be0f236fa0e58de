using BenchmarkDotNet.Attributes;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Bench;

/// <summary>What it costs to load and store user memory through the map in direct mode.</summary>
[MemoryDiagnoser]
public class MemoryBenchmarks
{
    private const int Rounds = 4096;
    private const ulong Start = 0x10_0000;
    private const ulong Span = 64 * Paging.PageSize;

    private MmStruct _mm = null!;
    private Cpu _cpu = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        _cpu = machine.Spawn("idle", _ => Op.Done).Cpu;
        _mm = new MmStruct(machine, "mm");
        _mm.Map(
            _cpu,
            Start,
            Span,
            Protection.Read | Protection.Write,
            MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed).GetAwaiter().GetResult();
        StoreEight();
    }

    [Benchmark(Description = "load 8 bytes (direct mode)", OperationsPerInvoke = Rounds, Baseline = true)]
    public long LoadEight() => LoadAll(_cpu).GetAwaiter().GetResult();

    [Benchmark(Description = "store 8 bytes (direct mode)", OperationsPerInvoke = Rounds)]
    public void StoreEight() => StoreAll(_cpu).GetAwaiter().GetResult();

    [Benchmark(Description = "load 8 bytes, known translation only", OperationsPerInvoke = Rounds)]
    public long TryLoadEight()
    {
        long sum = 0;
        for (int i = 0; i < Rounds; i++)
        {
            _mm.TryLoad(Address(i), 8, out long value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(Description = "locked add of 4 bytes (direct mode)", OperationsPerInvoke = Rounds)]
    public void AtomicAdd() => AddAll(_cpu).GetAwaiter().GetResult();

    private static ulong Address(int i) => Start + (((ulong)i * 4104) & (Span - 1) & ~7UL);

    private async Op<long> LoadAll(Cpu cpu)
    {
        long sum = 0;
        for (int i = 0; i < Rounds; i++)
        {
            sum += (await _mm.Load(cpu, Address(i), 8)).Value;
        }

        return sum;
    }

    private async Op StoreAll(Cpu cpu)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await _mm.Store(cpu, Address(i), 8, i);
        }
    }

    private async Op AddAll(Cpu cpu)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await _mm.Atomic(cpu, Address(i), 4, RmwKind.Add, 1);
        }
    }
}
