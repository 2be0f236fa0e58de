using System.Text;
using Sim.Cli.Output;
using Sim.Kernel.Abi;
using Sim.Kernel.Loading;
using Sim.Kernel.Memory;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;

namespace Sim.Cli.Commands;

/// <summary>Static programs of the host for execve(): those for the same processor as the first one.</summary>
/// <param name="first">The program that was given on the command line.</param>
/// <param name="code">What runs instructions.</param>
[Immutable]
internal sealed class HostPrograms(ElfImage first, IUserCode code) : IProgramSource
{
    /// <inheritdoc/>
    public (Executable? Program, Errno Error) Find(Bytes path)
    {
        string name = Encoding.UTF8.GetString(path.Span).TrimEnd('\0');
        if (!File.Exists(name))
        {
            return (null, Directory.Exists(name) ? Errno.EACCES : Errno.ENOENT);
        }

        byte[] content;
        try
        {
            content = File.ReadAllBytes(name);
        }
        catch (Exception failure) when (WholeFile.IsOfTheSystem(failure))
        {
            return (null, Errno.EACCES);
        }

        return ElfImage.TryRead(Bytes.Of(content), out ElfImage? image, out _) &&
            image.Machine == first.Machine && image.IsBigEndian == first.IsBigEndian
            ? (new Executable(image, code), Errno.None)
            : (null, Errno.ENOEXEC);
    }
}
