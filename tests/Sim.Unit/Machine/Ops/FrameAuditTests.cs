using System.Reflection;
using System.Runtime.CompilerServices;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Machine.Ops;

/// <summary>A routine may keep across an await only what copies of it can share.</summary>
public sealed class FrameAuditTests
{
    [Theory]
    [InlineData(nameof(BadRoutines.KeepsAnArray), "'counts'")]
    [InlineData(nameof(BadRoutines.KeepsAList), "'seen'")]
    [InlineData(nameof(BadRoutines.KeepsALambda), "DisplayClass")]
    [InlineData(nameof(BadRoutines.KeepsACapturedLocal), "DisplayClass")]
    [InlineData(nameof(BadRoutines.KeepsAnIterator), "IEnumerator")]
    [InlineData(nameof(BadRoutines.KeepsAPlainObject), "'box'")]
    [InlineData(nameof(BadRoutines.KeepsADerivedObject), "'derived'")]
    [InlineData(nameof(BadRoutines.KeepsAStructWithAList), "'pair'")]
    [InlineData(nameof(BadRoutines.KeepsARunningRoutine), "'started'")]
    public void A_routine_that_keeps_shared_state_is_refused(string routine, string named)
    {
        MethodInfo method = typeof(BadRoutines).GetMethod(
            routine, BindingFlags.Static | BindingFlags.NonPublic)!;

        UncopyableRoutineException refusal = Assert.Throws<UncopyableRoutineException>(
            () => FrameAudit.Check(StateMachineOf(method)));

        Assert.Contains($"BadRoutines.{routine} ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_texts_and_machine_owned_objects_are_accepted()
    {
        MethodInfo good = typeof(FrameAuditTests).GetMethod(
            nameof(Good), BindingFlags.Static | BindingFlags.NonPublic)!;

        Assert.Null(FrameAudit.Offence(StateMachineOf(good)));
    }

    [Fact]
    public void The_audit_of_an_assembly_finds_its_bad_routines()
    {
        string[] refused = [.. FrameAudit.Routines(typeof(BadRoutines).Assembly)
            .Where(type => FrameAudit.Offence(type) is not null)
            .Where(type => type.DeclaringType == typeof(BadRoutines))
            .Select(FrameAudit.RoutineName)];

        Assert.Equal(9, refused.Length);
        Assert.Contains("BadRoutines.KeepsAnArray", refused, StringComparer.Ordinal);
    }

    [Fact]
    public void The_good_routines_of_these_tests_pass_the_audit()
    {
        Type[] routines = [.. FrameAudit.Routines(typeof(Toy).Assembly)
            .Where(type => type.DeclaringType == typeof(Toy))];

        Assert.NotEmpty(routines);
        Assert.All(routines, routine => Assert.Null(FrameAudit.Offence(routine)));
    }

    private static Type StateMachineOf(MethodInfo method)
        => method.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;

    private static async Op Good(Cpu cpu)
    {
        int number = 1;
        ulong wide = 2;
        string text = "three";
        RmwKind kind = RmwKind.Add;
        (int A, string B) tuple = (4, "five");
        int? maybe = 6;
        var pair = new Pair(7, 8, false);
        Toy? toy = (Toy?)cpu.Current;
        Shared<int>? cell = toy?.X;
        WatchSet watch = WatchSet.Empty;
        StateId id = default;
        await cpu.Yield();
        number++;
        wide++;
        pair = pair with { First = number };
        await cpu.Yield();
        GC.KeepAlive((number, wide, text, kind, tuple, maybe, pair, toy, cell, watch, id));
    }
}
