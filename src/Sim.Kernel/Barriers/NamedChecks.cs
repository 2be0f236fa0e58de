using Sim.Machine.Memory;
using Sim.Machine.Processors;

namespace Sim.Kernel.Barriers;

/// <summary>The tests and re-checks of kernel and utrace that can be taken away by name.</summary>
public static class NamedChecks
{
    /// <summary>Whether a check is made; when it was taken away, the trace says so.</summary>
    public static bool Makes(this Cpu cpu, Site check)
    {
        if (!cpu.Machine.IsWithout(check))
        {
            return true;
        }

        cpu.NoteRemoved(check);
        return false;
    }
}
