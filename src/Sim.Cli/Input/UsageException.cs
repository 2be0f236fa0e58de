namespace Sim.Cli.Input;

/// <summary>Bad usage or bad input: the message is the one line that the command prints.</summary>
internal sealed class UsageException(string message) : Exception(message);
