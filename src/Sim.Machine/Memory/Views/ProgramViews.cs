using System.Collections.Immutable;

namespace Sim.Machine.Memory.Views;

/// <summary>
/// What else a processor knows that runs a program of which it is known what is computed from what. Never changes.
/// </summary>
internal sealed record ProgramViews
{
    internal static readonly ProgramViews Fresh = new();

    /// <summary>What each register was computed from.</summary>
    internal ImmutableArray<Dependency> Registers { get; init; } = [];

    /// <summary>What the address of the next access was computed from.</summary>
    internal Dependency Address { get; init; } = Dependency.Nothing;

    /// <summary>What the address of the next access, or the value that it stores, was computed from.</summary>
    internal Dependency Value { get; init; } = Dependency.Nothing;

    /// <summary>What the newest load knew.</summary>
    internal Dependency Newest { get; init; } = Dependency.Nothing;

    /// <summary>What was read last.</summary>
    internal WordWrite? Read { get; init; }

    /// <summary>The branches that decide whether the next access is made.</summary>
    internal ImmutableArray<TakenBranch> Branches { get; init; } = [];

    /// <summary>On POWER: what the addresses of all accesses so far knew.</summary>
    internal Knowledge Addressed { get; init; } = Knowledge.Nothing;

    /// <summary>The accesses so far, newest first.</summary>
    internal MadeAccess? Accesses { get; init; }

    /// <summary>What the newest atomic operation was behind, itself included.</summary>
    internal Knowledge? AtAtomic { get; init; }

    /// <summary>What a barrier was behind that waits for the next atomic operation.</summary>
    internal Knowledge? Pending { get; init; }

    /// <summary>What the newest taking of a lock was behind, itself included.</summary>
    internal Knowledge? AtLock { get; init; }

    /// <summary>What an unlock was behind, the processor's own or of the lock it took, when it took a lock last.</summary>
    internal Knowledge? AtHandOver { get; init; }

    /// <summary>What the branches know that decide whether the next access is made.</summary>
    internal Knowledge Control
    {
        get
        {
            Knowledge known = Knowledge.Nothing;
            foreach (TakenBranch branch in Branches)
            {
                known = known.With(branch.Known);
            }

            return known;
        }
    }

    /// <summary>What some registers were computed from.</summary>
    /// <param name="registers">The registers, as a bit mask.</param>
    internal Dependency From(ulong registers)
    {
        Dependency known = Dependency.Nothing;
        for (int i = 0; i < Registers.Length; i++)
        {
            known = (registers >> (i & 63) & 1) != 0 ? known.With(Registers[i]) : known;
        }

        return known;
    }

    /// <summary>A register is computed anew.</summary>
    internal ProgramViews WithRegister(int register, Dependency known)
    {
        ImmutableArray<Dependency> all = Registers;
        while (all.Length <= register)
        {
            all = all.Add(Dependency.Nothing);
        }

        return this with { Registers = all.SetItem(register, known) };
    }

    /// <summary>The program goes on at a place: branches of which what depends on them has ended no longer count.</summary>
    internal ProgramViews At(int place)
        => Branches.Any(branch => branch.End <= place) ? this with { Branches = Branches.RemoveAll(branch => branch.End <= place) } : this;

    /// <summary>What goes before the commitment of an access of a word, beside what it computes with.</summary>
    internal Knowledge BeforeCommitment(WordHistory word)
    {
        Knowledge known = Control.With(Addressed).With(Address.Committed);
        for (MadeAccess? access = Accesses; access is not null; access = access.Next)
        {
            known = access.Write.Word == word ? known.With(access.Known.Committed) : known;
        }

        return known;
    }

    /// <summary>
    /// What goes before a read of another processor's write: a store of that one between two accesses to one
    /// word orders them (detour, rdw).
    /// </summary>
    internal Knowledge BeforeReading(WordWrite write)
    {
        Knowledge known = Knowledge.Nothing;
        for (MadeAccess? access = Accesses; access is not null; access = access.Next)
        {
            if (access.Write.Word == write.Word && access.Write.Place < write.Place)
            {
                known = known.With(access.IsRead ? access.Known.Begun : access.Known.Committed);
            }
        }

        return known;
    }

    /// <summary>
    /// What goes before a read of another processor's write under lkmm: own accesses that missed what the write knew
    /// come before the read.
    /// </summary>
    internal Knowledge BehindMissed(WordWrite write, int processor)
    {
        Knowledge known = Knowledge.Nothing;
        for (MadeAccess? access = Accesses; access is not null; access = access.Next)
        {
            known = access.Write.IsBehind(write.Published, processor) ? known.With(access.Known.Begun) : known;
        }

        return known;
    }
}
