using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Kernel;
using Sim.Kernel.Files;
using Sim.Kernel.Loading;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Direct;

namespace Sim.Cli.Commands;

/// <summary><c>sim run</c>: a static Linux program under the simulated kernel.</summary>
internal sealed class RunCommand
{
    private const string Name = "run";

    private readonly Argument<string> _program = new("PROGRAM") { Description = "a static ELF program for x86_64 or big-endian ppc64" };

    private readonly Argument<string[]> _arguments = new("ARGS")
    {
        Description = "its arguments",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _strace = new("--strace") { Description = "print its system calls on standard error" };

    private readonly Option<string> _seed = new("--seed")
    {
        Description = "seed of what is random to the program, and of who runs when",
        HelpName = "N",
    };

    private readonly Option<string> _schedule = new("--schedule")
    {
        Description = "run as the run that printed this token",
        HelpName = "TOKEN",
    };

    private readonly Option<bool> _printSchedule = new("--print-schedule")
    {
        Description = "print the token of this run on standard error at its end",
    };

    internal RunCommand()
    {
        Command = new Command(Name, "run a static Linux program under the simulated kernel")
        {
            _program, _arguments, _strace, _seed, _schedule, _printSchedule,
        };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    /// <summary>What follows the program is the program's, even if it looks like an option of ours.</summary>
    internal static string[] KeepArguments(string[] arguments)
    {
        if (arguments.Length == 0 || !string.Equals(arguments[0], Name, StringComparison.Ordinal))
        {
            return arguments;
        }

        int at = 1;
        while (at < arguments.Length && arguments[at].StartsWith('-'))
        {
            at += arguments[at] is "--seed" or "--schedule" ? 2 : 1;
        }

        return at >= arguments.Length || arguments.Take(at).Contains("--", StringComparer.Ordinal)
            ? arguments
            : [.. arguments[..at], "--", .. arguments[at..]];
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetValue(_program)!;
        ElfImage image = Read(path);
        Processor processor = Processor.Of(image) ??
            throw new UsageException($"{Quoted.Of(path)}: a program for another processor; x86_64 and big-endian ppc64 run");
        string[] given = parsed.GetValue(_arguments) ?? [];
        RunToken token = RunToken.Of(image, given, Numbers.Seed("--seed", parsed.GetValue(_seed)));
        if (parsed.GetValue(_schedule) is { } asked)
        {
            token = token.Replaying(asked, parsed.GetValue(_seed) is not null);
        }

        var machine = new SimMachine(new MachineOptions
        {
            Mode = RunMode.Direct,
            Schedule = token.Seed is { } drawn ? new DirectSchedule(drawn) : null,
        });
        var kernel = new LinuxKernel(machine, null, new KernelOptions
        {
            Architecture = processor.Architecture,
            PidMax = 1 << 15,
            Seed = token.Seed ?? 1,
            Release = "3.2.0",
            Programs = new HostPrograms(image, processor.Code),
            Watch = parsed.GetValue(_strace) ? new SyscallLines() : null,
        });
        ImmutableArray<Bytes> arguments = [Text(path), .. given.Select(Text)];
        var program = new ElfProgram(image, processor.Code, Text(path), arguments, []);
        TaskStruct task = kernel.MakeProcess(Path.GetFileName(path), null, program);
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        using Stream errors = Console.OpenStandardError();
        task.Files.Set(machine.BootCpu, kernel.Root.StandardFiles(
            "program",
            new HostOutput(machine, "stdout", output),
            new HostOutput(machine, "stderr", errors),
            new HostInput(machine, "stdin", input)));
        bool ended = kernel.Clock.Run();
        if (processor.Code.Unsupported is { } unsupported)
        {
            Console.Error.WriteLine($"sim: not supported: {unsupported}");
        }

        if (parsed.GetValue(_printSchedule))
        {
            Console.Error.WriteLine($"sim: schedule {token}");
        }

        if (!ended && task.ExitState.Peek == ExitState.Alive)
        {
            Console.Error.WriteLine("sim: the program waits for ever: nobody is left to wake it");
            return ExitStatus.Violation;
        }

        const int Signalled = 128;
        int status = task.ExitCode.Peek;
        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : Signalled + (status & 0x7f);
    }

    private static Bytes Text(string text) => Bytes.Of(Encoding.UTF8.GetBytes(text));

    private static ElfImage Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (WholeFile.IsOfTheSystem(failure))
        {
            throw new UsageException($"cannot read {Quoted.Of(path)}: {failure.Message.ReplaceLineEndings(" ")}");
        }

        if (!ElfImage.TryRead(Bytes.Of(content), out ElfImage? image, out string? problem))
        {
            throw new UsageException($"{Quoted.Of(path)}: {problem}");
        }

        return image;
    }
}
