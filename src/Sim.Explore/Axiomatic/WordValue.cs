namespace Sim.Explore.Axiomatic;

/// <summary>A value that a word can hold, and how it came about.</summary>
/// <param name="Value">The value.</param>
/// <param name="Sources">
/// The instructions that computed it, a bit each: a value cannot be read by an instruction that took part
/// in computing it, or by one before that in its thread.
/// </param>
/// <param name="Base">
/// The store that a chain of atomic operations began with, <see cref="Initial"/>, or <see cref="Unknown"/>.
/// Along a chain the sources only grow.
/// </param>
internal readonly record struct WordValue(long Value, ulong Sources, int Base)
{
    /// <summary>The chain began with the initial value.</summary>
    internal const int Initial = -1;

    /// <summary>Nobody knows what the chain began with.</summary>
    internal const int Unknown = -2;

    /// <summary>Whether a thread that has seen this value of a word can see the other one later.</summary>
    internal bool MayComeBefore(WordValue later)
        => Base == Unknown || later.Base != Base || (Sources & ~later.Sources) == 0;

    /// <summary>
    /// What is known when it is this one or that one, of the same value. Of a chain only some sources may be known
    /// then, so that its later values may seem to lack some that it has.
    /// </summary>
    internal WordValue Or(WordValue other)
        => this == other ? this : new(Value, Sources & other.Sources, Unknown);
}
