namespace Sim.Kernel.Abi;

/// <summary>Error numbers as the kernel returns them, negated on return as there.</summary>
public enum Errno
{
    /// <summary>Success.</summary>
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EAGAIN = 11,
    ENOMEM = 12,
    EEXIST = 17,
    EINVAL = 22,
    ENOSYS = 38,
    EOPNOTSUPP = 95,
    EALREADY = 114,
    EINPROGRESS = 115,
    ERESTARTSYS = 512,
    ERESTARTNOINTR = 513,
}
