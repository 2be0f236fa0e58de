using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Properties;

/// <summary>What a random program does with its address space.</summary>
public enum MemoryVerb
{
    Map,
    Unmap,
    Protect,
    Brk,
    Load,
    Store,
    Fork,
}

/// <summary>One call or access.</summary>
/// <param name="Verb">Which.</param>
/// <param name="Page">Where, in pages from the beginning of a small world.</param>
/// <param name="Length">How many pages.</param>
/// <param name="Offset">Where in the page; the new end for brk.</param>
/// <param name="Protection">What for.</param>
public readonly record struct MemoryCall(MemoryVerb Verb, int Page, int Length, int Offset, Protection Protection);

/// <summary>Generates programs over sixteen pages.</summary>
public static class MemoryCallGenerator
{
    public static Arbitrary<MemoryCall[]> Calls()
        => Arb.From(Gen.Choose(0, int.MaxValue).Select(OfSeed).ArrayOf(60));

    private static MemoryCall OfSeed(int seed)
    {
        var random = new Sim.Explore.Prng((ulong)seed);
        var protection = (Protection)random.Below(8);
        return new MemoryCall(
            (MemoryVerb)random.Below(7), random.Below(16), 1 + random.Below(5), random.Below(4096), protection);
    }
}

/// <summary>An address space against a dictionary with an entry for each page.</summary>
[Properties(Arbitrary = [typeof(MemoryCallGenerator)])]
public sealed class AddressSpaceProperties
{
    private const ulong Base = 0x10_0000;
    private const ulong Heap = Base + (16 * Paging.PageSize);

    [Property(MaxTest = 400, Replay = "20260111,1")]
    public void Direct_mode_does_what_the_model_does(MemoryCall[] calls) => Run(calls, RunMode.Direct);

    [Property(MaxTest = 100, Replay = "20260112,1")]
    public void Cells_do_what_the_model_does(MemoryCall[] calls) => Run(calls, RunMode.Explored);

    private static void Run(MemoryCall[] calls, RunMode mode)
    {
        var machine = new SimMachine(new MachineOptions { Mode = mode });
        Cpu cpu = mode == RunMode.Direct ? machine.Spawn("idle", _ => Op.Done).Cpu : machine.BootCpu;
        var mm = new MmStruct(machine, "mm");
        Now(mm.SetStartBrk(cpu, Heap));
        var model = new Model();
        var forks = new List<(MmStruct Mm, Model Model)>();
        foreach (MemoryCall call in calls)
        {
            if (call.Verb == MemoryVerb.Fork)
            {
                // One goes on, the other must keep what it has.
                forks.Add((mm, model));
                mm = Now(mm.Duplicate(cpu, "child"));
                model = model.Copy();
                continue;
            }

            Assert.Equal(model.Do(call), Do(mm, cpu, call));
            Assert.Equal(model.Areas, Areas(mm));
        }

        forks.Add((mm, model));
        foreach ((MmStruct one, Model its) in forks)
        {
            CheckContent(one, cpu, its);
        }

        Page[] pages = [.. forks.SelectMany(fork => fork.Mm.Anonymous.Pages.Items.Values)];
        foreach ((MmStruct one, Model _) in forks)
        {
            Now(one.MmPut(cpu));
            Assert.True(one.IsFreed && one.Anonymous.IsFreed);
        }

        Assert.All(pages, page => Assert.True(page.IsFreed));
        Assert.Null(machine.Violation);
    }

    private static string Do(MmStruct mm, Cpu cpu, MemoryCall call)
    {
        ulong at = Base + ((ulong)call.Page * Paging.PageSize);
        ulong length = (ulong)call.Length * Paging.PageSize;
        const MapFlags Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
        switch (call.Verb)
        {
            case MemoryVerb.Map:
                return $"{Now(mm.Map(cpu, at, length, call.Protection, Flags)):x}";
            case MemoryVerb.Unmap:
                return $"{Now(mm.Unmap(cpu, at, length))}";
            case MemoryVerb.Protect:
                return $"{Now(mm.Protect(cpu, at, length, call.Protection))}";
            case MemoryVerb.Brk:
                return $"{Now(mm.SetBrk(cpu, Heap + ((ulong)call.Page * 0x800) + (ulong)call.Offset)):x}";
            case MemoryVerb.Load:
                UserWord word = Now(mm.Load(cpu, at + (ulong)call.Offset, 1 << (call.Length % 4)));
                return $"{word.Value:x} {word.Fault} {word.Address:x}";
            case MemoryVerb.Store:
                word = Now(mm.Store(cpu, at + (ulong)call.Offset, 1 << (call.Length % 4), Model.ValueOf(call)));
                return $"{word.Value:x} {word.Fault} {word.Address:x}";
            case MemoryVerb.Fork:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void CheckContent(MmStruct mm, Cpu cpu, Model model)
    {
        foreach ((ulong page, byte[] content) in model.Contents)
        {
            Bytes read = Now(mm.ReadProcess(cpu, page * Paging.PageSize, content.Length));
            Assert.True(content.AsSpan().SequenceEqual(read.Span), $"page {page:x}");
        }
    }

    private static string Areas(MmStruct mm)
    {
        var text = new StringBuilder();
        foreach (VmArea area in mm.Areas.Peek.Areas)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{area.Start >> 12:x}-{area.End >> 12:x}:{(int)(area.Flags & VmFlags.Access)} ");
        }

        return text.ToString();
    }

    private static T Now<T>(Op<T> routine) => routine.GetAwaiter().GetResult();

    private static void Now(Op routine) => routine.GetAwaiter().GetResult();

    /// <summary>Pages by number, each with its protection and bytes: too simple to be wrong.</summary>
    private sealed class Model
    {
        private readonly SortedDictionary<ulong, (Protection Protection, byte[] Bytes)> _pages = [];
        private ulong _brk = Heap;

        internal IEnumerable<(ulong Page, byte[] Bytes)> Contents
            => _pages.Select(entry => (entry.Key, entry.Value.Bytes));

        internal string Areas
        {
            get
            {
                var text = new StringBuilder();
                (ulong start, ulong end, Protection protection) = (0, 0, Protection.None);
                foreach ((ulong page, (Protection its, byte[] _)) in _pages)
                {
                    if (page != end || its != protection)
                    {
                        Close();
                        (start, protection) = (page, its);
                    }

                    end = page + 1;
                }

                Close();
                return text.ToString();

                void Close()
                {
                    if (end != 0)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"{start:x}-{end:x}:{(int)protection} ");
                    }
                }
            }
        }

        internal static long ValueOf(MemoryCall call) => 0x0102030405060708 * (call.Offset + 1);

        internal Model Copy()
        {
            var copy = new Model { _brk = _brk };
            foreach ((ulong page, (Protection protection, byte[] bytes)) in _pages)
            {
                copy._pages[page] = (protection, [.. bytes]);
            }

            return copy;
        }

        internal string Do(MemoryCall call)
        {
            ulong first = (Base >> 12) + (ulong)call.Page;
            ulong end = first + (ulong)call.Length;
            switch (call.Verb)
            {
                case MemoryVerb.Map:
                    Map(first, end, call.Protection);
                    return $"{first << 12:x}";
                case MemoryVerb.Unmap:
                    Unmap(first, end);
                    return $"{Errno.None}";
                case MemoryVerb.Protect:
                    return $"{Protect(first, end, call.Protection)}";
                case MemoryVerb.Brk:
                    return $"{Brk(Heap + ((ulong)call.Page * 0x800) + (ulong)call.Offset):x}";
                case MemoryVerb.Load or MemoryVerb.Store:
                    return Access(call, (first << 12) + (ulong)call.Offset, 1 << (call.Length % 4));
                case MemoryVerb.Fork:
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        private void Map(ulong first, ulong end, Protection protection)
        {
            for (ulong page = first; page < end; page++)
            {
                _pages[page] = (protection, new byte[4096]);
            }
        }

        private void Unmap(ulong first, ulong end)
        {
            for (ulong page = first; page < end; page++)
            {
                _pages.Remove(page);
            }
        }

        private Errno Protect(ulong first, ulong end, Protection protection)
        {
            for (ulong page = first; page < end; page++)
            {
                if (!_pages.TryGetValue(page, out (Protection Protection, byte[] Bytes) old))
                {
                    return Errno.ENOMEM;
                }

                _pages[page] = (protection, old.Bytes);
            }

            return Errno.None;
        }

        private ulong Brk(ulong end)
        {
            ulong old = (_brk + 4095) >> 12;
            ulong wanted = (end + 4095) >> 12;
            if (wanted > old)
            {
                for (ulong page = old; page <= wanted; page++)
                {
                    if (_pages.ContainsKey(page))
                    {
                        return _brk;
                    }
                }

                Map(old, wanted, Protection.Read | Protection.Write);
            }
            else
            {
                Unmap(wanted, old);
            }

            return _brk = end;
        }

        private string Access(MemoryCall call, ulong address, int size)
        {
            bool write = call.Verb == MemoryVerb.Store;
            for (int i = 0; i < size; i++)
            {
                ulong at = address + (ulong)i;
                FaultCode fault = Check(at, write);
                if (fault != FaultCode.None)
                {
                    return $"0 {fault} {at:x}";
                }
            }

            long value = 0;
            for (int i = 0; i < size; i++)
            {
                ulong at = address + (ulong)i;
                byte[] bytes = _pages[at >> 12].Bytes;
                if (write)
                {
                    bytes[at & 4095] = (byte)(ValueOf(call) >> (8 * i));
                }
                else
                {
                    value |= (long)bytes[at & 4095] << (8 * i);
                }
            }

            return $"{value:x} {FaultCode.None} 0";
        }

        private FaultCode Check(ulong address, bool write)
        {
            if (!_pages.TryGetValue(address >> 12, out (Protection Protection, byte[] Bytes) page))
            {
                return FaultCode.MapError;
            }

            Protection needed = write ? Protection.Write : Protection.Read | Protection.Write | Protection.Execute;
            return (page.Protection & needed) == Protection.None ? FaultCode.AccessError : FaultCode.None;
        }
    }
}
