using System.Reflection;
using System.Runtime.CompilerServices;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Unit.Repository;

/// <summary>
/// Finds state that lives outside the machine's cells, and so would survive an undo or be shared
/// between machines.
/// </summary>
internal static class StateAudit
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static |
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Types whose content never changes, beyond those that say so themselves.</summary>
    private static readonly Type[] s_immutable =
    [
        typeof(string), typeof(Type), typeof(Version), typeof(StringComparer),
    ];

    /// <summary>Types that promise that all their mutable state is undone by the machine.</summary>
    internal static IEnumerable<Type> MachineOwned(Assembly assembly)
        => assembly.GetTypes().Where(type => !IsGenerated(type) && IsMachineOwned(type));

    /// <summary>All classes, whether they promise anything or not: there is nothing but the world.</summary>
    internal static IEnumerable<Type> Classes(Assembly assembly)
        => assembly.GetTypes().Where(type => !IsGenerated(type) && type.IsClass &&
            !typeof(Delegate).IsAssignableFrom(type));

    /// <summary>What a machine-owned type keeps outside cells, as "Type.Field: why".</summary>
    internal static IEnumerable<string> InstanceOffences(Type type)
    {
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => !field.IsStatic))
        {
            if (!IsReadOnly(field))
            {
                yield return $"{Name(field)}: can be assigned, and no undo knows of it; make it a cell";
            }
            else if (!IsSafe(field.FieldType, cellsInArrays: true))
            {
                yield return $"{Name(field)}: content of a {Show(field.FieldType)} can change, and no undo knows of it";
            }
        }
    }

    /// <summary>What an assembly keeps in static fields that can change.</summary>
    internal static IEnumerable<string> StaticOffences(Assembly assembly)
        => assembly.GetTypes().Where(type => !IsGenerated(type)).SelectMany(StaticOffences);

    /// <summary>The same for one type.</summary>
    internal static IEnumerable<string> StaticOffences(Type type)
    {
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsStatic && !field.IsLiteral))
        {
            if (!field.IsInitOnly)
            {
                yield return $"{Name(field)}: static and can be assigned";
            }
            else if (!IsSafe(field.FieldType, cellsInArrays: false) && !HoldsConstants(field))
            {
                yield return $"{Name(field)}: static, and content of a {Show(field.FieldType)} can change";
            }
        }
    }

    /// <summary>"Type.Field", with the property's name for the field behind one.</summary>
    internal static string Name(FieldInfo field)
    {
        int close = field.Name.IndexOf('>', StringComparison.Ordinal);
        string name = field.Name.StartsWith('<') && close > 1 ? field.Name[1..close] : field.Name;
        return $"{Show(field.DeclaringType!)}.{name}";
    }

    private static bool IsMachineOwned(Type type)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsDefined(typeof(MachineOwnedAttribute), false))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGenerated(Type type)
    {
        for (Type? t = type; t is not null; t = t.DeclaringType)
        {
            if (t.IsDefined(typeof(CompilerGeneratedAttribute), false) || t.Name.StartsWith('<'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>MA0143 sees to it that parameters of primary constructors are not assigned.</summary>
    private static bool IsReadOnly(FieldInfo field)
        => field.IsInitOnly || IsInitProperty(field) ||
            (field.Name.StartsWith('<') && field.Name.EndsWith(">P", StringComparison.Ordinal));

    /// <summary>An auto-property that only an object initializer may set.</summary>
    private static bool IsInitProperty(FieldInfo field)
        => field.Name.StartsWith('<') &&
            field.DeclaringType!.GetProperties(Declared).Any(property =>
                string.Equals($"<{property.Name}>k__BackingField", field.Name, StringComparison.Ordinal) &&
                property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers()
                    .Contains(typeof(IsExternalInit)) == true);

    private static bool IsSafe(Type type, bool cellsInArrays, int depth = 0)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsGenericParameter || s_immutable.Contains(type) ||
            typeof(Delegate).IsAssignableFrom(type) || type.IsDefined(typeof(ImmutableAttribute), true))
        {
            return true;
        }

        if (type.IsArray)
        {
            return cellsInArrays && IsMachineOwned(type.GetElementType()!);
        }

        if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ||
            type.Namespace is "System.Collections.Frozen" or "System.Collections.Immutable"))
        {
            return type.GetGenericArguments().All(argument => IsSafe(argument, cellsInArrays, depth));
        }

        if (type.IsValueType)
        {
            return depth < 4 && InstanceFields(type).All(field => IsSafe(field.FieldType, cellsInArrays, depth + 1));
        }

        return (cellsInArrays && (IsMachineOwned(type) || type == typeof(IGuardian))) ||
            (depth < 4 && IsReadOnlyClass(type, depth));
    }

    /// <summary>A sealed class of ours, all of whose fields are read-only and safe.</summary>
    private static bool IsReadOnlyClass(Type type, int depth)
        => type.IsSealed && type.Namespace?.StartsWith("Sim.", StringComparison.Ordinal) == true &&
            !IsMachineOwned(type) &&
            InstanceFields(type).All(field =>
                IsReadOnly(field) && IsSafe(field.FieldType, true, depth + 1));

    private static IEnumerable<FieldInfo> InstanceFields(Type type)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(Declared).Where(field => !field.IsStatic))
            {
                yield return field;
            }
        }
    }

    /// <summary>A private table of constants: nobody outside the type can reach and change it.</summary>
    private static bool HoldsConstants(FieldInfo field)
        => field.IsPrivate && field.FieldType.IsArray && !field.Name.StartsWith('<') &&
            IsSafe(field.FieldType.GetElementType()!, cellsInArrays: false);

    private static string Show(Type type)
        => type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name;
}
