namespace Sim.Scenarios.Races;

/// <summary>The race scenarios, by name.</summary>
public static class RaceCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new Scenario
        {
            Name = "attach-vs-release",
            Summary = "tracers attach to a zombie while its parent reaps it (M1)",
            Parameters =
            [
                new Parameter("attachers", 3, 1, 6, "tracers that attach"),
                new Parameter("events", 0, 0, 1, "whether each then asks for REAP (finding F1 with two)"),
            ],
            Guarantees = ["G3", "G6", "G7", "G8"],
            Build = AttachVsRelease.Build,
        },
        new Scenario
        {
            Name = "death-vs-reap",
            Summary = "a traced task dies while its parent waits for it",
            Parameters =
            [
                new Parameter("engines", 2, 1, 4, "engines attached beforehand"),
                new Parameter("quiesce", 0, 0, 1, "whether they also want QUIESCE"),
                new Parameter("detach", 0, 0, 1, "whether their death callbacks answer DETACH"),
                new Parameter("autoreap", 0, 0, 1, "whether the parent ignores SIGCHLD"),
                new Parameter("slow", 0, 0, 2, "1: the parent waits only once the first death callback runs; 2: and that callback lasts until it has reaped"),
                new Parameter("reap", 1, 0, 1, "whether they want REAP"),
            ],
            Guarantees = ["G1", "G3", "G4", "G5", "G8", "G9"],
            Build = DeathVsReap.Build,
        },
        new Scenario
        {
            Name = "detach-vs-death",
            Summary = "a tracer lets its engine go while the task dies and is reaped (M4, M5)",
            Parameters =
            [
                new Parameter("death", 1, 0, 1, "whether the engine wants DEATH"),
                new Parameter("exit", 0, 0, 1, "whether the engine wants EXIT"),
                new Parameter("quiesce", 0, 0, 1, "whether the engine wants QUIESCE"),
                new Parameter("stop", 0, 0, 1, "whether the engine stops the task at EXIT"),
                new Parameter("other", 0, 0, 1, "whether another engine waits for DEATH (finding F2)"),
                new Parameter("autoreap", 0, 0, 1, "whether the parent ignores SIGCHLD"),
            ],
            Guarantees = ["G3", "G4", "G5", "G8", "G10", "G11", "G12", "G13", "G14"],
            Build = DetachVsDeath.Build,
        },
        new Scenario
        {
            Name = "barrier-vs-callback",
            Summary = "a tracer takes back an event while it is being reported, and waits (M4, M5, M7)",
            Parameters =
            [
                new Parameter("detach", 0, 0, 1, "0: set_events clears EXIT; 1: control(DETACH)"),
                new Parameter("quiesce", 0, 0, 1, "whether the engine also wants QUIESCE (M5b)"),
                new Parameter("requester", 0, 0, 1, "whether another tracer asks for a REPORT meanwhile"),
            ],
            Guarantees = ["G11", "G12", "G15", "G16"],
            Build = BarrierVsCallback.Build,
        },
        new Scenario
        {
            Name = "events-vs-death",
            Summary = "a tracer asks for DEATH while the task dies (M6)",
            Parameters =
            [
                new Parameter("quiesce", 0, 0, 1, "whether it also asks for QUIESCE"),
                new Parameter("parent", 0, 0, 1, "whether a parent reaps the task; otherwise it reaps itself"),
            ],
            Guarantees = ["G1", "G2"],
            Build = EventsVsDeath.Build,
        },
        new Scenario
        {
            Name = "request-vs-resume",
            Summary = "tracers ask a task in user mode for a report while it answers another (M7)",
            Parameters = [new Parameter("tracers", 2, 1, 3, "tracers that ask")],
            Build = RequestVsResume.Build,
        },
        new Scenario
        {
            Name = "traced-stop-vs-kill",
            Summary = "a tracer stops a task and lets it go again while SIGKILL arrives (M11, M12)",
            Parameters =
            [
                new Parameter("jobcontrol", 0, 0, 1, "whether the killer sends SIGSTOP first"),
                new Parameter("resume", 0, 0, 1, "whether the tracer lets the task go again"),
            ],
            Guarantees = ["G1", "G26", "G27", "G28", "G30"],
            Build = KillVsStop.Build,
        },
        new Scenario
        {
            Name = "request-vs-answer",
            Summary = "a tracer asks for a report while another engine answers an event with a step (finding F3)",
            Parameters = [new Parameter("request", 0, 0, 2, "what is asked for: REPORT, INTERRUPT or STOP")],
            Guarantees = ["G26", "G33"],
            Build = RequestVsAnswer.Build,
        },
        new Scenario
        {
            Name = "passes",
            Summary = "a program makes events while several awkward engines are attached",
            Parameters =
            [
                new Parameter("program", 0, 0, 6, "0 call, 1 fork, 2 vfork, 3 handler, 4 ignored signal, 5 exec, 6 SIGTERM"),
                new Parameter("manner", 0, 0, 7, "what the engines do: see EngineManner"),
                new Parameter("engines", 2, 1, 3, "engines attached beforehand"),
                new Parameter("tracer", 0, 0, 1, "whether a tracer lets the youngest go meanwhile"),
            ],
            Guarantees = ["G17", "G18", "G19", "G20", "G21", "G22", "G23", "G24", "G25"],
            Build = PassesOverEngines.Build,
        },
        new Scenario
        {
            Name = "quiet-stop",
            Summary = "an engine without QUIESCE holds a task on its way out of a system call, and a signal is pending (finding F4)",
            Guarantees = ["G24"],
            Build = PassesOverEngines.BuildQuietStop,
        },
        new Scenario
        {
            Name = "calls-on-zombie",
            Summary = "a tracer makes a call on a task that has died, and every call again after the teardown",
            Parameters =
            [
                new Parameter("call", 5, 0, 10, "0: none; set_events 1: DEATH, 2: QUIESCE, 3: REAP, 4: nothing; control 5: STOP, 6: INTERRUPT, 7: REPORT, 8: RESUME, 9: DETACH, and then set_events; 10: barrier"),
                new Parameter("late", 0, 0, 1, "whether the engine is attached to the dead task"),
                new Parameter("reap", 0, 0, 1, "whether the engine wants REAP before"),
                new Parameter("quiesce", 0, 0, 1, "whether the engine wants QUIESCE before"),
                new Parameter("other", 0, 0, 1, "whether another engine wants DEATH, QUIESCE and REAP"),
                new Parameter("reported", 1, 0, 1, "whether the tracer waits until death has been reported"),
                new Parameter("after", 0, 0, 2, "whether every call is made again after the teardown; 2: REPORT too"),
            ],
            Guarantees = ["G2", "G3", "G6", "G8", "G9", "G11", "G13", "G14"],
            Build = CallsOnZombie.Build,
        },
        new Scenario
        {
            Name = "calls-in-callbacks",
            Summary = "a call on an engine while one of its callbacks runs, by a tracer or by the callback",
            Parameters =
            [
                new Parameter("at", 2, 0, 5, "quiesce 0: on the way to user mode, 1: at exit, 3: at death; 2: exit; 4: death; 5: reap"),
                new Parameter("call", 0, 0, 4, "0: detach; 1: set_events clears everything; 2: set_events adds QUIESCE; 3: barrier; 4: attach another engine"),
                new Parameter("by", 0, 0, 2, "0: a tracer, while the callback waits for it; 1: the callback; 2: a tracer, then or later"),
                new Parameter("answer", 5, 0, 6, "the resume action that the callback answers"),
                new Parameter("autoreap", 0, 0, 1, "whether the parent ignores SIGCHLD"),
                new Parameter("again", 0, 0, 1, "whether set_events is called after a detach"),
                new Parameter("after", 0, 0, 1, "whether calls are made after the teardown too"),
            ],
            Guarantees = ["G1", "G3", "G4", "G5", "G8", "G11", "G12", "G13", "G14", "G15", "G16"],
            Build = CallsInCallbacks.Build,
        },
        new Scenario
        {
            Name = "stop-vs-release",
            Summary = "owners of engines stop a task and let it go, each at its own time (M11)",
            Parameters =
            [
                new Parameter("tracers", 1, 1, 2, "owners that do"),
                new Parameter("trips", 2, 1, 3, "how often the task comes by on its way to user mode"),
                new Parameter("waits", 0, 0, 1, "whether an owner looks in between"),
                new Parameter("detach", 1, 0, 1, "whether an owner lets go by DETACH, and not by RESUME (finding of G28)"),
                new Parameter("quiesce", 0, 0, 1, "whether the first engine wants QUIESCE; its answer then ends its stop"),
                new Parameter("answer", 0, 0, 1, "whether the second engine answers STOP by itself"),
            ],
            Guarantees = ["G26", "G27", "G28"],
            Build = StopVsRelease.Build,
        },
        new Scenario
        {
            Name = "kill-vs-answer",
            Summary = "SIGKILL arrives while an engine answers STOP (M12)",
            Parameters =
            [
                new Parameter("place", 0, 0, 3, "to what: a resume report, a system call's entry, a signal report, an exit (finding F9)"),
                new Parameter("tracer", 0, 0, 1, "whether its owner lets the task go"),
            ],
            Guarantees = ["G27", "G30"],
            Build = KillVsAnswer.Build,
        },
        new Scenario
        {
            Name = "group-stop-vs-tracer",
            Summary = "a tracer takes over a task that job control has stopped, and lets it go (M11)",
            Parameters = [new Parameter("race", 0, 0, 1, "whether SIGCONT comes at any time, and not at the end")],
            Guarantees = ["G26", "G27", "G29"],
            Build = GroupStopVsTracer.Build,
        },
        new Scenario
        {
            Name = "stop-places",
            Summary = "an engine answers STOP to one event, and its owner lets the task go where it finds it stopped",
            Parameters =
            [
                new Parameter("event", 0, 0, 4, "system call entry or exit, exit, vfork, fork"),
                new Parameter("quiesce", 1, 0, 1, "whether the engine also wants QUIESCE"),
                new Parameter("gives", 0, 0, 1, "whether it gives the event up in quiesce and stops there (finding F11 with vfork)"),
            ],
            Guarantees = ["G27", "G31"],
            Build = StopPlaceWorld.Build,
        },
        new Scenario
        {
            Name = "entry-stop-vs-request",
            Summary = "a task stopped at a system call's entry is asked for a report there",
            Parameters =
            [
                new Parameter("request", 0, 0, 1, "what is asked for: REPORT or INTERRUPT"),
                new Parameter("other", 0, 0, 1, "whether another engine's owner asks too"),
            ],
            Guarantees = ["G27", "G31", "G32"],
            Build = EntryStopVsRequest.Build,
        },
        new Scenario
        {
            Name = "interrupt-vs-user",
            Summary = "a tracer interrupts a task on its way to user mode or in a sleep (M10)",
            Parameters = [new Parameter("sleep", 0, 0, 1, "whether the task sleeps in sigsuspend() until a signal comes")],
            Guarantees = ["G33"],
            Build = InterruptVsUser.Build,
        },
        new Scenario
        {
            Name = "examine-vs-kill",
            Summary = "a tracer examines a stopped task that is killed, or runs to its next stop (M13)",
            Parameters =
            [
                new Parameter("kill", 0, 0, 1, "whether SIGKILL comes, and nobody else lets it run"),
                new Parameter("early", 0, 0, 1, "whether that may come before the examination has begun (large)"),
            ],
            Guarantees = ["G27", "G30", "G34"],
            Build = ExamineVsKill.Build,
        },
        new Scenario
        {
            Name = "signals-seen",
            Summary = "a fatal or ignored signal arrives while an engine wants to see every signal",
            Parameters =
            [
                new Parameter("signal", 0, 0, 2, "which: SIGTERM, SIGQUIT, SIGCHLD"),
                new Parameter("report", 1, 0, 1, "whether the engine has report_signal; without, it gets quiesce callbacks for signals"),
                new Parameter("detach", 0, 0, 1, "whether the engine's owner lets the task go"),
            ],
            Guarantees = ["G35"],
            Build = SignalsSeen.Build,
        },
        new Scenario
        {
            Name = "abort-vs-detach",
            Summary = "an engine aborts a system call and lets the engine go whose turn is next (finding F10)",
            Parameters = [new Parameter("tracer", 0, 0, 1, "whether the owner of that engine is in utrace_barrier() meanwhile")],
            Guarantees = ["G24"],
            Build = AbortVsDetach.Build,
        },
        new Scenario
        {
            Name = "pointer-vs-release",
            Summary = "an engine's owner without a reference to the task makes a call under RCU while the task is reaped",
            Parameters =
            [
                new Parameter("call", 0, 0, 2, "which: set_events, control(DETACH), control(REPORT)"),
                new Parameter("death", 0, 0, 2, "whether the engine wants DEATH; 2: its death callback lasts until the task is reaped"),
            ],
            Guarantees = ["G36"],
            Build = PointerVsRelease.Build,
        },
        new Scenario
        {
            Name = "engine-outlives-task",
            Summary = "an owner attaches engines by struct pid while the task dies, and keeps them for ever",
            Parameters =
            [
                new Parameter("engines", 1, 1, 2, "engines that are attached"),
                new Parameter("death", 0, 0, 1, "whether they want DEATH too"),
            ],
            Guarantees = ["G37", "G38"],
            Build = EngineOutlivesTask.Build,
        },
        new Scenario
        {
            Name = "pid-vs-reuse",
            Summary = "an owner knows a process by its struct pid while the process's number passes on",
            Parameters = [new Parameter("exec", 0, 0, 1, "0: to a new process once it was reaped; 1: to a thread of it that calls exec")],
            Guarantees = ["G38"],
            Build = PidVsReuse.Build,
        },
        new Scenario
        {
            Name = "two-stops",
            Summary = "two engines hold a task, and the owner of each lets it go",
            Parameters = [new Parameter("detach", 0, 0, 1, "whether by DETACH, and not by RESUME")],
            Guarantees = ["G27", "G28"],
            Build = TwoStops.Build,
        },
    ];
}
