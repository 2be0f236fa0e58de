using Sim.Kernel.Abi;
using Sim.Machine.Processors;

namespace Sim.Kernel.Files;

/// <summary>When a name may go, and when another may take its place. Source: fs/namei.c may_delete(), vfs_rename().</summary>
/// <remarks>Locks of every member: the one of all names.</remarks>
internal static class RenameRules
{
    /// <summary>unlink().</summary>
    internal static Errno CanUnlink(Walked walked)
    {
        if (walked.Error != Errno.None || walked.Found is null)
        {
            return walked.Error != Errno.None ? walked.Error : Errno.ENOENT;
        }

        return walked.Found switch
        {
            Directory => Errno.EISDIR,
            Inode => Errno.None,
            _ => Errno.EPERM,
        };
    }

    /// <summary>rmdir().</summary>
    internal static Errno CanRemoveDirectory(Cpu cpu, Walked walked)
    {
        if (walked.Error != Errno.None || walked.Found is null)
        {
            return walked.Error != Errno.None ? walked.Error : Errno.ENOENT;
        }

        if (walked.Parent is null)
        {
            return walked.Name switch
            {
                ".." => Errno.ENOTEMPTY,
                "." when walked.Found is Directory top && top.Parent.Get(cpu) is null => Errno.EBUSY,
                _ => Errno.EINVAL,
            };
        }

        if (walked.Found is not Directory directory)
        {
            return Errno.ENOTDIR;
        }

        return directory.Names.Get(cpu).Count == 0 ? Errno.None : Errno.ENOTEMPTY;
    }

    /// <summary>rename().</summary>
    internal static Errno Check(Cpu cpu, Walked old, Walked target)
    {
        if (old.Error != Errno.None || target.Error != Errno.None)
        {
            return old.Error != Errno.None ? old.Error : target.Error;
        }

        if ((old.Found is not null && old.Parent is null) || (target.Found is not null && target.Parent is null))
        {
            return Errno.EBUSY;
        }

        if (old.Found is null)
        {
            return Errno.ENOENT;
        }

        if (old.Found is Directory moved && IsWithin(cpu, target.Parent!, moved))
        {
            return Errno.EINVAL;
        }

        if (old.Found is not Directory && target.WantsDirectory)
        {
            return Errno.ENOTDIR;
        }

        return ReferenceEquals(old.Found, target.Found) ? Errno.None : CanReplace(cpu, old.Found, target);
    }

    private static Errno CanReplace(Cpu cpu, FileBody moved, Walked target)
    {
        if (target.Found is null)
        {
            return Errno.None;
        }

        if (target.Found is not Directory directory)
        {
            return moved is Directory ? Errno.ENOTDIR : CanUnlink(target);
        }

        if (directory.Names.Get(cpu).Count != 0)
        {
            return moved is Directory ? Errno.ENOTEMPTY : Errno.EISDIR;
        }

        return moved is Directory ? Errno.None : Errno.EISDIR;
    }

    private static bool IsWithin(Cpu cpu, Directory inner, Directory outer)
    {
        for (Directory? at = inner; at is not null; at = at.Parent.Get(cpu))
        {
            if (ReferenceEquals(at, outer))
            {
                return true;
            }
        }

        return false;
    }
}
