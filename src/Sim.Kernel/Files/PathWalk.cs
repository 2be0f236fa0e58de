using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Files;

/// <summary>Where a path leads.</summary>
/// <param name="Parent">The directory of the last name; null when that is ".", ".." or nothing, as in "/".</param>
/// <param name="Name">The last name.</param>
/// <param name="Found">What it stands for; null when there is no such name.</param>
/// <param name="WantsDirectory">Whether a slash stands behind it.</param>
/// <param name="Error">Why the walk did not come so far.</param>
[Immutable]
internal readonly record struct Walked(Directory? Parent, string Name, FileBody? Found, bool WantsDirectory, Errno Error)
{
    internal static Walked Failed(Errno error) => new(null, "", null, false, error);
}

/// <summary>From a path to a file. Source: fs/namei.c path_walk(). There are no symbolic links.</summary>
internal static class PathWalk
{
    private const int NameMax = 255;

    /// <summary>Walks a path.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="root">The root.</param>
    /// <param name="cwd">Where a path without a slash at its beginning begins.</param>
    /// <param name="path">The path.</param>
    /// <returns>ENOENT, ENOTDIR or ENAMETOOLONG in the middle of the path; that the last name is not there is no error.</returns>
    /// <remarks>Locks: the one of all names.</remarks>
    internal static Walked Walk(Cpu cpu, Directory root, Directory cwd, Bytes path)
    {
        string text = System.Text.Encoding.Latin1.GetString(path.Span);
        FileBody at = text.StartsWith('/') ? root : cwd;
        Directory? parent = null;
        string last = ".";
        string[] names = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            last = names[i];
            if (at is not Directory directory)
            {
                return Walked.Failed(Errno.ENOTDIR);
            }

            if (last.Length > NameMax)
            {
                return Walked.Failed(Errno.ENAMETOOLONG);
            }

            parent = last is "." or ".." ? null : directory;
            FileBody? next = Step(cpu, directory, last);
            if (next is null)
            {
                return i == names.Length - 1
                    ? new Walked(parent, last, null, text.EndsWith('/'), Errno.None)
                    : Walked.Failed(Errno.ENOENT);
            }

            at = next;
        }

        return text.EndsWith('/') && at is not Directory
            ? Walked.Failed(Errno.ENOTDIR)
            : new Walked(parent, last, at, text.EndsWith('/'), Errno.None);
    }

    private static FileBody? Step(Cpu cpu, Directory directory, string name) => name switch
    {
        "." => directory,
        ".." => directory.Parent.Get(cpu) ?? directory,
        _ => directory.Names.Get(cpu).Find(name),
    };
}
