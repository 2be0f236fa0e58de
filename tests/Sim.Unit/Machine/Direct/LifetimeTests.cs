using System.Runtime.CompilerServices;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Unit.Machine.State;

namespace Sim.Unit.Machine.Direct;

/// <summary>In direct mode nothing but the simulated world itself keeps an object alive.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void An_object_that_was_freed_or_dropped_can_be_collected()
    {
        var shop = new Workshop();
        WeakReference[] gone = Use(shop);
        Collect();

        Assert.All(gone, item => Assert.False(item.IsAlive));
        GC.KeepAlive(shop);
    }

    [Fact]
    public void An_object_that_a_word_points_at_stays()
    {
        var shop = new Workshop();
        WeakReference kept = Keep(shop);
        Collect();

        Assert.True(kept.IsAlive);
        Assert.Same(kept.Target, shop.Bench.Peek);
    }

    [Fact]
    public void Objects_are_numbered_anew_and_never_twice()
    {
        var shop = new Workshop();
        long newest = 0;
        for (int i = 0; i < 100; i++)
        {
            var crate = new Crate(shop.Machine);
            shop.AtOnce(cpu => GiveBack(cpu, crate));
            Assert.True(crate.Id > newest);
            newest = crate.Id;
        }
    }

    [Fact]
    public void A_pointer_prints_what_it_points_at()
    {
        var shop = new Workshop();
        var crate = new Crate(shop.Machine);
        shop.AtOnce(cpu => Put(cpu, shop, crate));

        Assert.Equal("NULL", shop.Bench.Show(0));
        Assert.Equal(crate.ToString(), shop.Bench.Show(crate.Id));
        Assert.Equal("object 999", shop.Bench.Show(999));
        Assert.Same(crate, shop.Bench.Peek);
    }

    [Fact]
    public void An_access_after_the_free_is_reported()
    {
        var shop = new Workshop();
        var crate = new Crate(shop.Machine);
        shop.AtOnce(cpu => GiveBack(cpu, crate));

        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(
            () => shop.AtOnce(cpu => Add(cpu, crate)));
        Assert.Contains("use after free", fault.Message, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Use(Workshop shop)
    {
        var freed = new Crate(shop.Machine);
        var dropped = new Crate(shop.Machine);
        var held = new Crate(shop.Machine);
        shop.Machine.Spawn("freer", cpu => Free(cpu, freed));
        shop.Machine.Spawn("dropper", cpu => Drop(cpu, shop, dropped));
        shop.Machine.Spawn("filler", cpu => Fill(cpu, shop));
        shop.Machine.Spawn("ender", cpu => EndWith(cpu, held));
        Assert.True(shop.Machine.Run());
        return [new(freed), new(dropped), new(held)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Keep(Workshop shop)
    {
        var crate = new Crate(shop.Machine);
        shop.Machine.Spawn("keeper", cpu => Put(cpu, shop, crate));
        shop.Machine.Run();
        return new WeakReference(crate);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static async Op Free(Cpu cpu, Crate crate)
    {
        await cpu.Yield();
        await cpu.Store((await Through(cpu, crate)).Content, 1);
        await cpu.Free(crate);
    }

    /// <summary>The answer of a routine that suspends goes through a frame.</summary>
    private static async Op<Crate> Through(Cpu cpu, Crate crate)
    {
        await cpu.Yield();
        return crate;
    }

    private static async Op Drop(Cpu cpu, Workshop shop, Crate crate)
    {
        await cpu.Store(shop.Bench, crate);
        await cpu.Yield();
        await cpu.LoadWhen(crate.Content, GuardKind.Equal, 1);
        await cpu.Store(shop.Bench, null);
    }

    private static async Op Fill(Cpu cpu, Workshop shop)
    {
        await cpu.Yield();
        await cpu.Yield();
        await cpu.Store(shop.Bench.Peek!.Content, 1);
    }

    private static async Op EndWith(Cpu cpu, Crate crate)
    {
        await cpu.Yield();
        await cpu.Store(crate.Content, 1);
        await cpu.End();
    }

    private static async Op GiveBack(Cpu cpu, Crate crate) => await cpu.Free(crate);

    private static async Op Add(Cpu cpu, Crate crate) => await cpu.Rmw(crate.Content, RmwKind.Add, 1);

    private static async Op Put(Cpu cpu, Workshop shop, Crate crate)
    {
        await cpu.Yield();
        await cpu.Store(shop.Bench, crate);
    }
}
