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
        Description = "seed of what is random to the program",
        HelpName = "N",
    };

    internal RunCommand()
    {
        Command = new Command(Name, "run a static Linux program under the simulated kernel")
        {
            _program, _arguments, _strace, _seed,
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
            at += string.Equals(arguments[at], "--seed", StringComparison.Ordinal) ? 2 : 1;
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
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var kernel = new LinuxKernel(machine, null, new KernelOptions
        {
            Architecture = processor.Architecture,
            PidMax = 1 << 15,
            Seed = Numbers.Seed("--seed", parsed.GetValue(_seed)) ?? 1,
            Release = "3.2.0",
            Programs = new HostPrograms(image, processor.Code),
            Watch = parsed.GetValue(_strace) ? new SyscallLines() : null,
        });
        ImmutableArray<Bytes> arguments = [Text(path), .. (parsed.GetValue(_arguments) ?? []).Select(Text)];
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
        kernel.Clock.Run();
        if (processor.Code.Unsupported is { } unsupported)
        {
            Console.Error.WriteLine($"sim: not supported: {unsupported}");
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
