using Sim.Kernel;

namespace Sim.Scenarios.MachineCode;

/// <summary>The scenarios whose programs are machine code, by name.</summary>
public static class MachineCodeCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new Scenario
        {
            Name = "step-fork",
            Summary = "an engine steps through fork(): on powerpc for ever (try --strategy states)",
            Parameters =
            [
                new Parameter("powerpc", 1, 0, 1, "powerpc instead of x86_64"),
                new Parameter("raw", 0, 0, 1, "whether the program makes the system call itself, without the library's lock"),
                new Parameter("whole", 0, 0, 1, "whether the engine steps over an atomic sequence as a whole"),
            ],
            Guarantees = ["G25"],
            Build = StepFork.Build,
        },
        new Scenario
        {
            Name = "syscall-abort",
            Summary = "an engine aborts a system call at its entry, or changes it: what is left in the registers",
            Parameters =
            [
                new Parameter("powerpc", 0, 0, 1, "powerpc instead of x86_64"),
                new Parameter("entry", 0, 0, 4, "0: abort; 1: abort, registers changed; 2: number -1; 3: another argument; 4: number -1, registers changed"),
                new Parameter("exit", 0, 0, 3, "at the exit: 0: nothing; 1: rollback; 2: set_return_value(0, 1234); 3: set_return_value(-EPERM, 0)"),
            ],
            Guarantees = ["K6"],
            Build = SyscallAbort.Build,
        },
        new Scenario
        {
            Name = "clone-tls-code",
            Summary = "clone-tls in machine code: without CLONE_SETTLS two tasks have one fs_base, or r13, and one errno",
            Parameters =
            [
                new Parameter("powerpc", 0, 0, 1, "powerpc instead of x86_64"),
                new Parameter("settls", 1, 0, 1, "whether clone() is given CLONE_SETTLS"),
                new Parameter("raw", 0, 0, 1, "whether the child looks at nothing but the result of its system call"),
            ],
            Guarantees = ["K4", "K5"],
            Sites = KernelSites.All,
            HasUtrace = false,
            Build = CloneTlsCode.Build,
        },
    ];
}
