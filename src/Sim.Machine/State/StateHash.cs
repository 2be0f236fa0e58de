using System.Runtime.CompilerServices;

namespace Sim.Machine.State;

/// <summary>
/// Identity of machine states: stable, seedless mixing of words. Equal on every machine and in every
/// build, because it sees numbers and names only, never references.
/// </summary>
public static class StateHash
{
    /// <summary>Folds a word into a running hash; order matters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong hash, ulong word)
    {
        ulong x = (hash ^ word) * 0x9E3779B97F4A7C15UL;
        x ^= x >> 29;
        x *= 0xBF58476D1CE4E5B9UL;
        x ^= x >> 32;
        return x + hash;
    }

    /// <summary>The contribution of "word <paramref name="place"/> holds <paramref name="value"/>"; summed by xor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong At(ulong place, long value) => Mix(Mix(0x51ED270B27B4F3CFUL, place), (ulong)value);

    /// <summary>
    /// Stable identity of an object a routine may hold: its machine id, its text, or its type and
    /// what it prints.
    /// </summary>
    public static ulong Identity(object? value) => value switch
    {
        null => 0,
        MachineObject machineObject => Mix(1, (ulong)machineObject.Id),
        Cell cell => Mix(2, cell.Place),
        string text => OfText(text),
        IIdentified identified => Mix(3, identified.Identity),
        Exception fault => Mix(OfText(fault.GetType().FullName!), OfText(fault.Message)),
        _ => Mix(OfText(value.GetType().FullName!), OfText(value.ToString() ?? "")),
    };

    /// <summary>FNV-1a over UTF-16 units.</summary>
    public static ulong OfText(string text)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001B3UL;
        }

        return hash;
    }
}

/// <summary>An immutable object with an identity of its own in state hashes.</summary>
public interface IIdentified
{
    /// <summary>Stable over runs and builds.</summary>
    ulong Identity { get; }
}

/// <summary>A 128-bit identity of a whole machine state.</summary>
public readonly record struct StateId(ulong High, ulong Low)
{
    /// <inheritdoc/>
    public override string ToString() => $"{High:x16}{Low:x16}";
}
