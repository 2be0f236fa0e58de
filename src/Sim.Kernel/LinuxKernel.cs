using Sim.Kernel.Lifecycle;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel;

/// <summary>A kernel on a machine: the global locks, the paths of a task's life, and its tasks.</summary>
public sealed class LinuxKernel : MachineObject
{
    private readonly MachineList<TaskStruct> _tasks;

    /// <summary>Boots a kernel without tasks.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="tracehook">The tracing layer; null for none.</param>
    public LinuxKernel(SimMachine machine, ITracehook? tracehook = null)
        : base(machine, "kernel", "linux")
    {
        Tracehook = tracehook ?? new NoTracing();
        Tasklist = new ReadWriteLock(machine, LockClass.Tasklist, "tasklist_lock");
        Rcu = new Rcu(machine);
        _tasks = new MachineList<TaskStruct>(this, "tasks", null);
        Release = new ReleasePath(this);
        Exit = new ExitPath(this);
        Wait = new WaitPath(this);
        ReturnWork = new ReturnWork(this);
    }

    /// <summary>The tracing layer.</summary>
    public ITracehook Tracehook { get; }

    /// <summary>tasklist_lock.</summary>
    public ReadWriteLock Tasklist { get; }

    /// <summary>RCU.</summary>
    public Rcu Rcu { get; }

    /// <summary>release_task().</summary>
    public ReleasePath Release { get; }

    /// <summary>do_exit().</summary>
    public ExitPath Exit { get; }

    /// <summary>wait4().</summary>
    public WaitPath Wait { get; }

    /// <summary>The way back to user mode.</summary>
    public ReturnWork ReturnWork { get; }

    /// <summary>Number of tasks made, for observers.</summary>
    public int PeekTaskCount => _tasks.PeekCount;

    /// <summary>A task, for observers.</summary>
    public TaskStruct PeekTask(int index) => _tasks.PeekAt(index);

    /// <summary>Makes a task while the world is set up.</summary>
    /// <param name="name">Its name in traces.</param>
    /// <param name="parent">Who waits for it; null for a task nobody waits for.</param>
    /// <param name="routine">What it does; null for one that never runs again, such as a zombie.</param>
    public TaskStruct MakeTask(string name, TaskStruct? parent = null, Func<Cpu, Op>? routine = null)
    {
        var task = new TaskStruct(this, _tasks.PeekCount + 1, name);
        Cpu boot = Machine.BootCpu;
        _tasks.Add(boot, task);
        task.Rcu = Rcu.AddReader(boot, name);
        task.Parent.Set(boot, parent);
        parent?.Children.Add(boot, task);
        if (routine is not null)
        {
            Start(task, routine);
        }

        return task;
    }

    /// <summary>Lets a task run.</summary>
    /// <param name="task">A task that does not run yet.</param>
    /// <param name="routine">What it does.</param>
    public void Start(TaskStruct task, Func<Cpu, Op> routine)
        => Machine.Spawn(task.Label, cpu =>
        {
            cpu.Current = task;
            return routine(cpu);
        });
}

/// <summary>Short names for what every kernel routine asks its processor.</summary>
public static class Current
{
    /// <summary>current: the task that runs here.</summary>
    public static TaskStruct Task(this Cpu cpu) => (TaskStruct)cpu.Current!;
}
