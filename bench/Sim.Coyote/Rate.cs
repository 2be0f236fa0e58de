using System.Diagnostics;

namespace Sim.Coyote;

/// <summary>The best of some measurements, per second.</summary>
internal sealed class Rate
{
    /// <summary>By the clock.</summary>
    internal double Wall { get; private set; }

    /// <summary>By processor time.</summary>
    internal double Busy { get; private set; }

    /// <summary>Measures so many of something.</summary>
    internal void Measure(Action work, long count)
    {
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        Wall = Math.Max(Wall, count / Stopwatch.GetElapsedTime(start).TotalSeconds);
        Busy = Math.Max(Busy, count / (Environment.CpuUsage.TotalTime - busy).TotalSeconds);
    }
}
