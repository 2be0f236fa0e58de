using System.Globalization;

namespace Sim.Testing.LittlePrograms;

/// <summary>What one instruction of a little program does.</summary>
public enum Verb
{
    /// <summary>r = v.</summary>
    Load,

    /// <summary>v = a.</summary>
    Store,

    /// <summary>v = r + 1.</summary>
    StoreNext,

    /// <summary>r = v; v becomes b if it was a, in one step.</summary>
    CompareExchange,

    /// <summary>r = v; v becomes v + a, in one step.</summary>
    Add,

    /// <summary>Waits until v is 0 and makes it 1.</summary>
    Lock,

    /// <summary>v = 0.</summary>
    Unlock,

    /// <summary>Waits until v is a; r = a.</summary>
    WaitFor,

    /// <summary>Waits until v is not a; r = v.</summary>
    WaitWhile,

    /// <summary>Waits until v is not 0 and takes 1 from it; r is what it was.</summary>
    Take,

    /// <summary>Skips the next b instructions unless r is a.</summary>
    Unless,

    /// <summary>r = 0 or 1, as the world likes.</summary>
    Choose,

    /// <summary>A full barrier.</summary>
    Fence,

    /// <summary>Waits until v is not a or the next variable is not b.</summary>
    Watch,

    /// <summary>Adds 1 to v without a locked instruction.</summary>
    AddUnlocked,

    /// <summary>A step without effect.</summary>
    Yield,

    /// <summary>Starts thread a, which does not run before. Only one place in a program starts a thread.</summary>
    Start,

    /// <summary>r = what v keeps in a guarded word.</summary>
    GetGuarded,

    /// <summary>What v keeps in a guarded word = a.</summary>
    SetGuarded,

    /// <summary>Ends the life of v: any later access to it is wrong.</summary>
    Free,

    /// <summary>r = 5 v + the next variable, in one step, past the own store buffer.</summary>
    Snapshot,
}

/// <summary>One instruction; r is the thread's only register.</summary>
public readonly record struct Instruction(Verb Verb, int Variable = 0, int A = 0, int B = 0)
{
    private char V => (char)('x' + Variable);

    /// <summary>The variable that a <see cref="Verb.Watch"/> or <see cref="Verb.Snapshot"/> reads too.</summary>
    public int Second(int variables) => (Variable + 1) % variables;

    /// <summary>What a storing instruction writes, or adds.</summary>
    public int Stored(int r)
        => Verb == Verb.StoreNext ? r + 1 : Verb == Verb.Unlock ? 0 : Verb == Verb.AddUnlocked ? 1 : A;

    /// <inheritdoc/>
    public override string ToString() => Verb switch
    {
        Verb.Load => $"r={V}",
        Verb.Store => $"{V}={A}",
        Verb.StoreNext => $"{V}=r+1",
        Verb.CompareExchange => $"r=cas({V},{A},{B})",
        Verb.Add => $"r={V}++{A}",
        Verb.Lock => $"lock({V})",
        Verb.Unlock => $"unlock({V})",
        Verb.WaitFor => $"wait({V}=={A})",
        Verb.WaitWhile => $"wait({V}!={A})",
        Verb.Take => $"take({V})",
        Verb.Unless => $"if(r!={A})skip {B}",
        Verb.Choose => "r=choose",
        Verb.Fence => "fence",
        Verb.Watch => $"watch({V}!={A},next!={B})",
        Verb.AddUnlocked => $"{V}+=1",
        Verb.Yield => "yield",
        Verb.Start => $"start({A})",
        Verb.GetGuarded => $"r={V}.g",
        Verb.SetGuarded => $"{V}.g={A}",
        Verb.Free => $"free({V})",
        Verb.Snapshot => $"r=both({V},next)",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>A few threads of a few instructions over a few variables, all 0 at first.</summary>
public sealed class LittleProgram(int variables, IReadOnlyList<IReadOnlyList<Instruction>> threads)
{
    /// <summary>Number of variables.</summary>
    public int Variables { get; } = variables;

    /// <summary>The instructions of each thread.</summary>
    public IReadOnlyList<IReadOnlyList<Instruction>> Threads { get; } = threads;

    /// <summary>Number of instructions.</summary>
    public int Size => Threads.Sum(thread => thread.Count);

    /// <summary>Whether a thread waits for another one to start it.</summary>
    public bool IsStarted(int thread)
        => Threads.Any(other => other.Any(i => i.Verb == Verb.Start && i.A == thread));

    /// <summary>What a <see cref="Verb.Snapshot"/> reads.</summary>
    public static int Both(int first, int second) => (5 * first) + second;

    /// <summary>What the register and the record of values read become when a value is read.</summary>
    public static int Remember(int record, int value) => unchecked((record * 31) + value + 7);

    /// <summary>A final state in words: variables and what they keep, then the values that each thread read, then who is stuck.</summary>
    public static string Describe(IEnumerable<int> variables, IEnumerable<int> records, IEnumerable<bool> ended)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(',', variables)}|{string.Join(',', records)}|{string.Join(',', ended)}");

    /// <inheritdoc/>
    public override string ToString()
        => string.Join(" || ", Threads.Select(thread => string.Join("; ", thread)));
}
