using Sim.Kernel;

namespace Sim.Scenarios.Life;

/// <summary>The kernel scenarios, by name.</summary>
public static class LifeCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new Scenario
        {
            Name = "exit-vs-wait",
            Summary = "children exit while one or two threads of their parent wait",
            Parameters =
            [
                new Parameter("children", 1, 1, 3, "children that exit"),
                new Parameter("waiters", 1, 1, 2, "threads that wait"),
            ],
            Guarantees = ["K1", "K2", "K4"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = ExitVsWait.Build,
        },
        new Scenario
        {
            Name = "exit-vs-exit",
            Summary = "threads of one process exit at the same time, or one calls exec",
            Parameters =
            [
                new Parameter("exec", 0, 0, 1, "whether the second thread calls exec instead"),
                new Parameter("parent", 0, 0, 1, "whether the parent checks the status, or init just reaps"),
            ],
            Guarantees = ["K1", "K2", "K4"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = GroupExits.Build,
        },
        new Scenario
        {
            Name = "exec-vs-kill",
            Summary = "a thread that is not the leader calls exec while the process is killed",
            Parameters =
            [
                new Parameter("signal", 9, 0, 64, "what the killer sends; 0 for no killer"),
            ],
            Guarantees = ["K1", "K2", "K4"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = ExecVsKill.Build,
        },
        new Scenario
        {
            Name = "fork-vs-stop",
            Summary = "a process forks while SIGSTOP and SIGCONT come",
            Parameters =
            [
                new Parameter("threads", 1, 1, 2, "threads of the process"),
                new Parameter("exits", 0, 0, 1, "whether the child exits, or stays"),
            ],
            Guarantees = ["K1", "K3"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = StopAndContinue.BuildFork,
        },
        new Scenario
        {
            Name = "stop-vs-cont",
            Summary = "SIGSTOP and SIGCONT come while threads run and exit",
            Parameters =
            [
                new Parameter("threads", 1, 1, 3, "threads of the process"),
            ],
            Guarantees = ["K1", "K3"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = StopAndContinue.BuildContinue,
        },
        new Scenario
        {
            Name = "kill-vs-stop",
            Summary = "SIGKILL comes while a process stops",
            Parameters =
            [
                new Parameter("threads", 1, 1, 3, "threads of the process"),
            ],
            Guarantees = ["K1", "K3"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = StopAndContinue.BuildKill,
        },
        new Scenario
        {
            Name = "double-reap",
            Summary = "threads of one parent wait for the same dead child",
            Parameters =
            [
                new Parameter("waiters", 2, 1, 3, "threads that wait"),
                new Parameter("nohang", 0, 0, 1, "whether they use WNOHANG"),
            ],
            Guarantees = ["K1", "K2"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = DoubleReap.Build,
        },
        new Scenario
        {
            Name = "reparent-vs-wait",
            Summary = "a parent dies while its child does",
            Parameters =
            [
                new Parameter("heir", 0, 0, 1, "whether another thread of the parent inherits and waits"),
            ],
            Guarantees = ["K1", "K2", "K4"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = ReparentVsWait.Build,
        },
        new Scenario
        {
            Name = "vfork-vs-kill",
            Summary = "the parent of a vfork child is killed",
            Parameters =
            [
                new Parameter("exec", 0, 0, 1, "whether the child calls exec"),
            ],
            Guarantees = ["K1", "K2"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = VforkVsKill.Build,
        },
        new Scenario
        {
            Name = "clone-tls",
            Summary = "a child shares its parent's memory, and without CLONE_SETTLS its thread pointer too",
            Parameters =
            [
                new Parameter("settls", 1, 0, 1, "whether clone() is given CLONE_SETTLS"),
                new Parameter("raw", 0, 0, 1, "whether the child makes raw system calls only"),
                new Parameter("bind", 0, 0, 1, "0: they use errno; 1: the dynamic linker binds a symbol"),
                new Parameter("powerpc", 0, 0, 1, "0: x86_64, fs_base; 1: ppc64, r13"),
            ],
            Guarantees = ["K4", "K5"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = CloneTls.Build,
        },
        new Scenario
        {
            Name = "stop-vs-exit",
            Summary = "a process stops itself and its parent waits for that, while a thread of it exits",
            Parameters =
            [
                new Parameter("kill", 0, 0, 1, "whether the parent then kills the process, or continues it"),
            ],
            Guarantees = ["K1", "K2", "K3"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = StopVsExit.Build,
        },
    ];
}
