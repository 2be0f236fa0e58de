using System.Linq.Expressions;
using System.Reflection;
using Sim.Machine.State;

namespace Sim.Machine.Ops;

/// <summary>Folds the locals of a suspended routine into 64 bits.</summary>
internal delegate ulong StateMachineHasher<TStateMachine>(ref TStateMachine stateMachine);

/// <summary>
/// Compiles, once per routine, a hash over its hoisted locals: numbers by value, objects by their
/// stable identity, never by reference. Awaiters and builders are left out, since the operation that
/// a fiber waits for is hashed with the fiber.
/// </summary>
internal static class StateMachineHasher
{
    private static readonly MethodInfo s_mix = typeof(StateHash).GetMethod(
        nameof(StateHash.Mix), [typeof(ulong), typeof(ulong)])!;

    private static readonly MethodInfo s_identity = typeof(StateHash).GetMethod(
        nameof(StateHash.Identity), [typeof(object)])!;

    internal static StateMachineHasher<TStateMachine> Compile<TStateMachine>()
    {
        ParameterExpression machine = Expression.Parameter(
            typeof(TStateMachine).MakeByRefType(), "stateMachine");
        ulong seed = StateHash.OfText(typeof(TStateMachine).FullName ?? typeof(TStateMachine).Name);
        Expression body = Fold(Expression.Constant(seed), machine, typeof(TStateMachine));
        return Expression.Lambda<StateMachineHasher<TStateMachine>>(body, machine).Compile();
    }

    private static Expression Fold(Expression hash, Expression value, Type type)
    {
        FieldInfo[] fields = type.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Array.Sort(fields, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (FieldInfo field in fields)
        {
            if (IsLeftOut(field.FieldType))
            {
                continue;
            }

            Expression member = Expression.Field(value, field);
            if (field.FieldType.IsValueType && !field.FieldType.IsPrimitive && !field.FieldType.IsEnum)
            {
                hash = Fold(hash, member, field.FieldType);
            }
            else
            {
                hash = Expression.Call(s_mix, hash, AsWord(member, field.FieldType));
            }
        }

        return hash;
    }

    private static bool IsLeftOut(Type type)
        => typeof(IOpAwaiter).IsAssignableFrom(type) || type == typeof(OpBuilder) ||
            (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OpBuilder<>));

    private static Expression AsWord(Expression member, Type type)
    {
        if (type == typeof(bool))
        {
            return Expression.Condition(member, Expression.Constant(1UL), Expression.Constant(0UL));
        }

        if (type == typeof(double) || type == typeof(float))
        {
            MethodInfo bits = typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToUInt64Bits))!;
            return Expression.Call(bits, Expression.Convert(member, typeof(double)));
        }

        if (type.IsEnum)
        {
            return AsWord(Expression.Convert(member, Enum.GetUnderlyingType(type)), Enum.GetUnderlyingType(type));
        }

        return type.IsValueType
            ? Expression.Convert(member, typeof(ulong))
            : Expression.Call(s_identity, Expression.Convert(member, typeof(object)));
    }
}
