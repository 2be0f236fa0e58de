using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>
/// The full barriers that were passed. What a processor had seen or stored at one has reached every processor,
/// so it is seen by whatever happens after the barrier. Two barriers need not come one after the other; they do
/// where somebody behind the first missed a write that the second was behind.
/// </summary>
internal sealed class FullBarriers : Undoable
{
    private readonly SimMachine _machine;
    private readonly bool _isPower;
    private readonly List<View>[] _passed;

    internal FullBarriers(SimMachine machine, int processors, bool isPower)
    {
        _machine = machine;
        _isPower = isPower;
        _passed = new List<View>[processors];
        for (int i = 0; i < processors; i++)
        {
            _passed[i] = [];
        }
    }

    /// <summary>A processor passes one.</summary>
    /// <param name="processor">Who.</param>
    /// <param name="everything">What it had seen or stored.</param>
    /// <returns>The barrier. One behind which nothing new is, is the one before.</returns>
    internal FenceClock Add(int processor, View everything)
    {
        List<View> passed = _passed[processor];
        if (passed.Count == 0 || !ReferenceEquals(passed[^1].With(everything), passed[^1]))
        {
            _machine.RecordUndo(this, processor, 0);
            passed.Add(everything);
        }

        return LastOf(processor);
    }

    /// <summary>The newest one of a processor.</summary>
    internal FenceClock LastOf(int processor)
        => _passed[processor].Count == 0 ? FenceClock.None : FenceClock.None.With(processor, _passed[processor].Count);

    /// <summary>
    /// What had reached every processor at some barriers, and at those that must have come before them.
    /// </summary>
    /// <param name="barriers">The barriers.</param>
    internal View Before(FenceClock barriers) => Before(barriers, View.Empty);

    /// <summary>As <see cref="Before(FenceClock)"/>, if there were one more barrier.</summary>
    /// <param name="barriers">The barriers.</param>
    /// <param name="passed">What is behind that one.</param>
    internal View Before(FenceClock barriers, View passed)
    {
        View reached = passed;
        barriers = passed.IsEmpty ? barriers : barriers.With(_isPower ? Around(passed) : Missing(passed));
        FenceClock done = FenceClock.None;
        while (!ReferenceEquals(done, barriers))
        {
            FenceClock now = barriers;
            for (int i = 0; i < now.Processors; i++)
            {
                if (now[i] > done[i])
                {
                    View behind = _passed[i][now[i] - 1];
                    reached = reached.With(behind);
                    barriers = barriers.With(_isPower ? Around(behind) : Missing(behind));
                }
            }

            done = now;
        }

        return reached;
    }

    /// <summary>On POWER: the barriers that come before writes of a view, or before what goes before those.</summary>
    internal static FenceClock Around(View view)
    {
        View all = WithFenced(view);
        FenceClock found = Missing(all);
        foreach (WordWrite floor in all.Floors)
        {
            found = found.With(floor.Fences);
        }

        return found;
    }

    internal override void Undo(int slot, long old) => _passed[slot].RemoveAt(_passed[slot].Count - 1);

    /// <summary>
    /// On POWER the order of one word's writes and what barriers published before what go on from each other:
    /// with a view goes what was published before a write of it, or before an older write of the same word.
    /// </summary>
    private static View WithFenced(View view)
    {
        View before;
        do
        {
            before = view;
            foreach (WordWrite floor in before.Floors)
            {
                for (int place = 0; place <= floor.Place; place++)
                {
                    view = view.With(floor.Word[place].Fenced);
                }
            }
        }
        while (!ReferenceEquals(before, view));

        return view;
    }

    /// <summary>The barriers that somebody was behind who missed a write of a view.</summary>
    private static FenceClock Missing(View view)
    {
        FenceClock found = FenceClock.None;
        foreach (WordWrite floor in view.Floors)
        {
            for (int place = 0; place < floor.Place; place++)
            {
                foreach ((int processor, FenceClock fences) in floor.Word[place].Seen)
                {
                    found = processor == floor.Writer ? found : found.With(fences);
                }
            }
        }

        return found;
    }
}
