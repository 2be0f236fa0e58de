using Microsoft.Coyote.Runtime;
using Microsoft.Coyote.Specifications;
using Monitor = Microsoft.Coyote.Rewriting.Types.Threading.Monitor;
using Task = Microsoft.Coyote.Rewriting.Types.Threading.Tasks.Task;

namespace Sim.Coyote;

/// <summary>
/// The attach/release protocol as Coyote sees it: tasks, a monitor, and a scheduling point at every access of
/// a shared variable, as its rewriter would put there.
/// </summary>
internal sealed class TaskProgram(int attachers)
{
    private const int Dead = 32;

    private readonly object _lock = new();
    private readonly bool[] _attached = new bool[attachers];
    private readonly bool[] _reaped = new bool[attachers];
    private int _flags;
    private int _exitState;

    /// <summary>One iteration.</summary>
    internal void Run()
    {
        var tasks = new System.Threading.Tasks.Task[attachers + 1];
        for (int i = 0; i < attachers; i++)
        {
            int attacher = i;
            tasks[i] = Task.Run(() => Attach(attacher));
        }

        tasks[attachers] = Task.Run(Release);
        Task.WaitAll(tasks);
        for (int i = 0; i < attachers; i++)
        {
            Specification.Assert(!_attached[i] || _reaped[i], "attached and not reaped");
        }
    }

    private void Attach(int i)
    {
        Monitor.Enter(_lock);
        if (Load(ref _flags, "flags") == 0)
        {
            Store(ref _flags, 2, "flags");
            if (Load(ref _exitState, "exit_state") == Dead)
            {
                Store(ref _flags, 0, "flags");
                Monitor.Exit(_lock);
                return;
            }
        }

        Store(ref _attached[i], true, "attached");
        Monitor.Exit(_lock);
    }

    private void Release()
    {
        Store(ref _exitState, Dead, "exit_state");
        if (Load(ref _flags, "flags") == 0)
        {
            return;
        }

        Monitor.Enter(_lock);
        Store(ref _flags, 0, "flags");
        for (int i = 0; i < attachers; i++)
        {
            if (Load(ref _attached[i], "attached"))
            {
                Store(ref _reaped[i], true, "reaped");
            }
        }

        Monitor.Exit(_lock);
    }

    private static T Load<T>(ref T variable, string name)
    {
        SchedulingPoint.Read(name);
        return variable;
    }

    private static void Store<T>(ref T variable, T value, string name)
    {
        SchedulingPoint.Write(name);
        variable = value;
    }
}
