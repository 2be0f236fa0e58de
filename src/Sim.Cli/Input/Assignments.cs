using System.Globalization;
using Sim.Scenarios;

namespace Sim.Cli.Input;

/// <summary>Reads the values of a scenario's parameters: <c>--set NAME=VALUE</c>.</summary>
internal static class Assignments
{
    /// <summary>All parameters of a scenario, with some set.</summary>
    internal static ParameterValues Read(Scenario scenario, IEnumerable<string> assignments)
    {
        var set = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"--set: {Quoted.Of(assignment)} is not of the form NAME=VALUE");
            }

            Parameter parameter = Find(scenario, assignment[..equals]);
            int value = Value(parameter, assignment[(equals + 1)..]);
            if (set.TryGetValue(parameter.Name, out int before) && before != value)
            {
                throw new UsageException($"--set: {parameter.Name} is set to both {before} and {value}");
            }

            set[parameter.Name] = value;
        }

        return scenario.Fill(set);
    }

    private static Parameter Find(Scenario scenario, string name)
    {
        Parameter? found = scenario.Parameters.FirstOrDefault(
            parameter => string.Equals(parameter.Name, name, StringComparison.Ordinal));
        if (found is not null)
        {
            return found;
        }

        string hint = scenario.Parameters.Count == 0
            ? "; it has none"
            : Nearest.Hint(name, [.. scenario.Parameters.Select(parameter => parameter.Name)]);
        throw new UsageException($"--set: scenario '{scenario.Name}' has no parameter {Quoted.Of(name)}{hint}");
    }

    private static int Value(Parameter parameter, string text)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
        {
            throw new UsageException($"--set: {parameter.Name}={Quoted.Of(text)} is not a whole number");
        }

        if (value < parameter.Least || value > parameter.Most)
        {
            throw new UsageException(
                $"--set: {parameter.Name}={value} is out of range; " +
                $"it must be from {parameter.Least} to {parameter.Most}");
        }

        return value;
    }
}
