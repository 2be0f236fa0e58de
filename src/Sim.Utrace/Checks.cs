using Sim.Machine.Memory;
using Sim.Machine.Processors;

namespace Sim.Utrace;

/// <summary>The tests and re-checks of the core that can be taken away by name.</summary>
internal static class Checks
{
    /// <summary>Whether a check is made; when it was taken away, the trace says so.</summary>
    internal static bool Makes(this Cpu cpu, Site check)
    {
        if (!cpu.Machine.IsWithout(check))
        {
            return true;
        }

        cpu.NoteRemoved(check);
        return false;
    }
}
