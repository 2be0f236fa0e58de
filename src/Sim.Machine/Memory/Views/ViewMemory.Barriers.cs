namespace Sim.Machine.Memory.Views;

/// <summary>What barriers do to the views of a processor.</summary>
internal sealed partial class ViewMemory
{
    /// <summary>A barrier.</summary>
    internal void Pass(int processor, FenceKind kind)
    {
        ProcessorViews views = _views[processor];
        switch (kind)
        {
            case FenceKind.Full:
                Full(processor);
                break;
            case FenceKind.Read or FenceKind.Write when _isPower:
                Put(processor, Lightweight(views));
                break;
            case FenceKind.Read:
                Put(processor, views with
                {
                    Current = views.Current.With(views.Answered),
                    Fences = views.Fences.With(views.AnsweredFences),
                });
                break;
            case FenceKind.Write:
                OrderStores(processor);
                break;
            case FenceKind.Depends:
                // The dependency itself is honoured: see NotePointer.
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Stores from now on are behind those that were made: smp_wmb, or eieio of POWER.</summary>
    internal void OrderStores(int processor)
        => Put(processor, _views[processor] with { Released = _views[processor].Released.With(_views[processor].Stored) });

    /// <summary>A grace period begins: sections that begin later see what the caller's last full barrier is behind.</summary>
    internal void BeginGracePeriod(int processor)
    {
        Remember(GracesSlot, _graces);
        _graces = _graces.With(_barriers.LastOf(processor));
    }

    /// <summary>A read section begins.</summary>
    internal void EnterSection(int processor)
    {
        ProcessorViews views = _views[processor];
        Put(processor, views with { Fences = views.Fences.With(_graces), Heard = views.Heard.With(_graces) });
    }

    /// <summary>Everything that a processor has seen or stored, with the full barriers before that.</summary>
    private static Knowledge EverythingOf(ProcessorViews views) => new(views.Everything, views.Heard.With(views.Fences));

    /// <summary>What comes later is behind a read that acquires; on POWER that is a load and lwsync.</summary>
    private ProcessorViews Acquire(ProcessorViews views, WordWrite write)
        => _isPower ? Lightweight(views)
            : views.Program is null ? Behind(views, write)
            : Behind(views, views.Newest);

    /// <summary>What comes later is behind what a write publishes.</summary>
    private static ProcessorViews Behind(ProcessorViews views, WordWrite write) => Behind(views, new Knowledge(write.Published, write.Fences));

    /// <summary>What comes later is behind what is known.</summary>
    private static ProcessorViews Behind(ProcessorViews views, Knowledge known) => views with
    {
        Current = views.Current.With(known.Seen),
        Fences = views.Fences.With(known.Fences),
    };

    /// <summary>lwsync: orders everything but a store before a later load.</summary>
    private static ProcessorViews Lightweight(ProcessorViews views) => views with
    {
        Current = views.Current.With(views.Answered),
        Released = views.Released.With(views.Everything),
        Fences = views.Fences.With(views.AnsweredFences),
    };

    /// <summary>A full barrier: what was seen or stored has reached every processor.</summary>
    private void Full(int processor) => Full(processor, EverythingOf(_views[processor]));

    /// <summary>A full barrier for what was seen or stored at some time.</summary>
    private void Full(int processor, Knowledge before)
        => Put(processor, Passed(_views[processor], before with { Fences = before.Fences.With(_barriers.Add(processor, before.Seen)) }));

    /// <summary>What a processor knows behind a full barrier.</summary>
    private static ProcessorViews Passed(ProcessorViews views, Knowledge barrier) => views with
    {
        Current = views.Current.With(barrier.Seen),
        Released = views.Released.With(barrier.Seen),
        Fences = views.Fences.With(barrier.Fences),
        Heard = views.Heard.With(barrier.Fences),
        AnsweredFences = views.AnsweredFences.With(barrier.Fences),
    };
}
