using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sim.Machine.Ops;

/// <summary>
/// Marks a reference type whose instances never change after construction, so that copies of a
/// suspended routine may share them.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct)]
public sealed class ImmutableAttribute : Attribute;

/// <summary>
/// Marks a type whose mutable state lives in machine-owned words and is undone by the machine, so that
/// copies of a suspended routine may share it.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface)]
public sealed class MachineOwnedAttribute : Attribute;

/// <summary>A routine keeps a local across an await that copies of it would share.</summary>
public sealed class UncopyableRoutineException(string message) : Exception(message);

/// <summary>
/// The audit that makes multi-shot resumption safe. Copying a state machine copies its fields, so a
/// local that lives on the heap (a captured variable, an array or list, an iterator) would be shared
/// between the copies and silently give wrong results. Such a routine is refused at its first
/// suspension, and a test runs the same audit over every routine of the simulated world.
/// </summary>
public static class FrameAudit
{
    private const BindingFlags InstanceFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Throws when a copy of the state machine would share mutable state.</summary>
    /// <exception cref="UncopyableRoutineException">Names the routine, the field and its type.</exception>
    public static void Check(Type stateMachine)
    {
        string? offence = Offence(stateMachine);
        if (offence is not null)
        {
            throw new UncopyableRoutineException(offence);
        }
    }

    /// <summary>Says what is wrong with a state machine, or null.</summary>
    public static string? Offence(Type stateMachine)
    {
        foreach (FieldInfo field in stateMachine.GetFields(InstanceFields))
        {
            if (!IsCopyable(field.FieldType, stateMachine, 0) && !IsPendingException(field))
            {
                return $"{RoutineName(stateMachine)} keeps '{LocalName(field.Name)}' of type " +
                    $"{field.FieldType.Name} across an await; copies of the suspended routine would " +
                    "share it. Use plain values, machine-owned cells and lists, or [Immutable] types.";
            }
        }

        return null;
    }

    /// <summary>The state machines of all simulated routines that an assembly declares.</summary>
    public static IEnumerable<Type> Routines(Assembly assembly)
        => assembly.GetTypes().Where(type =>
            typeof(IAsyncStateMachine).IsAssignableFrom(type) &&
            type.GetFields(InstanceFields).Any(field => IsBuilder(field.FieldType)));

    /// <summary>"Type.Routine" of a compiler-generated state machine.</summary>
    public static string RoutineName(Type stateMachine)
        => $"{stateMachine.DeclaringType?.Name}.{LocalName(stateMachine.Name)}";

    private static bool IsBuilder(Type type)
        => type == typeof(OpBuilder) ||
            (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OpBuilder<>));

    private static bool IsCopyable(Type type, Type stateMachine, int depth)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == stateMachine ||
            type.IsPointer || type.IsGenericParameter || IsBuilder(type))
        {
            return true;
        }

        if (type.IsValueType)
        {
            return IsAwaiterOrImmutable(type) || (depth < 4 &&
                type.GetFields(InstanceFields).All(field => IsCopyable(field.FieldType, stateMachine, depth + 1)));
        }

        return typeof(Exception).IsAssignableFrom(type) || Promises(type) ||
            (type.IsSealed && IsStateless(type));
    }

    /// <summary>
    /// The compiler keeps the exception of a catch or finally block that awaits in an
    /// <c>object</c> of its own, under these names in optimised and unoptimised code.
    /// </summary>
    private static bool IsPendingException(FieldInfo field)
        => field.FieldType == typeof(object) &&
            (field.Name.StartsWith("<>7__wrap", StringComparison.Ordinal) ||
                field.Name.StartsWith("<>s__", StringComparison.Ordinal));

    private static bool IsAwaiterOrImmutable(Type type)
        => typeof(IOpAwaiter).IsAssignableFrom(type) || type.IsDefined(typeof(ImmutableAttribute), true);

    private static bool Promises(Type? type)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsDefined(typeof(ImmutableAttribute), false) ||
                t.IsDefined(typeof(MachineOwnedAttribute), false))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStateless(Type type)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsArray || t.GetFields(InstanceFields | BindingFlags.DeclaredOnly).Length != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string LocalName(string name)
    {
        int open = name.IndexOf('<', StringComparison.Ordinal);
        int close = name.IndexOf('>', StringComparison.Ordinal);
        return open == 0 && close > 1 ? name[1..close] : name;
    }
}
