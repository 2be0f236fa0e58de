namespace Sim.Explore.Litmus.Views;

/// <summary>A write that has been made, as others find it.</summary>
/// <param name="Writer">Which write it is: thread and number in the thread, or -1 for the initial one.</param>
/// <param name="Value">What was written.</param>
/// <param name="Published">What whoever acquires from it has seen.</param>
/// <param name="Carried">
/// What was seen to compute it, which counts for its own thread only; of an unlock, what the writes of the
/// section that follows publish.
/// </param>
/// <param name="Fenced">What fences of its thread, or of those that it read from, have published.</param>
/// <param name="IsAttached">Whether it belongs to an atomic operation that read the write before it.</param>
internal sealed record ViewMessage(int Writer, long Value, View Published, View Carried, View Fenced, bool IsAttached)
{
    /// <summary>The thread that wrote it, or -1.</summary>
    internal int Thread => Writer < 0 ? -1 : Writer >> 8;

    /// <summary>A copy for another state.</summary>
    internal ViewMessage Copy() => this with { Published = Published.Copy(), Carried = Carried.Copy(), Fenced = Fenced.Copy() };
}
