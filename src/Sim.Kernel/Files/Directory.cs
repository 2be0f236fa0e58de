using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Locking;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>The names of a directory, in order. It never changes.</summary>
[Immutable]
internal sealed class Names : IIdentified
{
    private readonly ImmutableSortedDictionary<string, FileBody> _bodies;

    private Names(ImmutableSortedDictionary<string, FileBody> bodies) => _bodies = bodies;

    internal static Names None { get; } =
        new(ImmutableSortedDictionary.Create<string, FileBody>(StringComparer.Ordinal));

    public ulong Identity
    {
        get
        {
            ulong hash = (ulong)_bodies.Count;
            foreach ((string name, FileBody body) in _bodies)
            {
                hash = StateHash.Mix(StateHash.Mix(hash, StateHash.OfText(name)), (ulong)body.Id);
            }

            return hash;
        }
    }

    internal int Count => _bodies.Count;

    internal int Directories => _bodies.Values.Count(body => body is Directory);

    internal FileBody? Find(string name) => _bodies.GetValueOrDefault(name);

    /// <summary>The name and the body at a place in the order.</summary>
    internal (string Name, FileBody Body) At(int index)
    {
        (string name, FileBody body) = _bodies.ElementAt(index);
        return (name, body);
    }

    /// <summary>The name of a body that is there.</summary>
    internal string NameOf(FileBody body) => _bodies.First(entry => ReferenceEquals(entry.Value, body)).Key;

    internal Names With(string name, FileBody body) => new(_bodies.SetItem(name, body));

    internal Names Without(string name) => new(_bodies.Remove(name));
}

/// <summary>A directory. Source: fs/ramfs, fs/libfs.c.</summary>
public sealed class Directory : FileBody
{
    private readonly SpinLock _lock;
    private readonly Shared<int> _references;

    internal Directory(SimMachine machine, string label, SpinLock guard, Directory? parent)
        : base(machine, "directory", label)
    {
        _lock = guard;
        _references = new Shared<int>(this, "i_count", 1);
        Names = new GuardedValue<Names>(this, "names", guard, Files.Names.None);
        Parent = new GuardedRef<Directory>(this, "parent", guard, parent);
    }

    /// <inheritdoc/>
    public override int Mode => 0x41ff; // S_IFDIR | 0777

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <summary>What is in it.</summary>
    internal GuardedValue<Names> Names { get; }

    /// <summary>The directory that it is in; null for the root, and once it has been removed.</summary>
    internal GuardedRef<Directory> Parent { get; }

    /// <inheritdoc/>
    internal override async Op Get(Cpu cpu) => await cpu.Rmw(_references, RmwKind.Add, 1);

    /// <inheritdoc/>
    internal override async Op Put(Cpu cpu)
    {
        if (await cpu.Rmw(_references, RmwKind.Add, -1) == 1)
        {
            await cpu.Free(this);
        }
    }

    /// <summary>The names as they are now, for getdents().</summary>
    internal async Op<Names> Snapshot(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        Names names = Names.Get(cpu);
        await _lock.Release(cpu);
        return names;
    }

    /// <inheritdoc/>
    public override Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
        => Op<ReadResult>.Of(ReadResult.Failed(Errno.EISDIR));

    /// <inheritdoc/>
    public override Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
        => Op<long>.Of(-(long)Errno.EBADF);

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Put(cpu);
}
