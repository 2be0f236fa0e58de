using Sim.Machine.Ops;

namespace Sim.Kernel.Futex;

/// <summary>What FUTEX_REQUEUE and FUTEX_CMP_REQUEUE are asked.</summary>
/// <param name="From">The word that tasks wait for.</param>
/// <param name="To">The word that they wait for then.</param>
/// <param name="Wakes">How many are woken.</param>
/// <param name="Requeues">How many more wait for the other word.</param>
/// <param name="Compares">Whether the first word has to hold a value.</param>
/// <param name="Expected">The value.</param>
[Immutable]
internal readonly record struct FutexRequeue(
    ulong From, ulong To, int Wakes, int Requeues, bool Compares, uint Expected);
