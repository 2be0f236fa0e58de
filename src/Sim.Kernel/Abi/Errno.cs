namespace Sim.Kernel.Abi;

/// <summary>Error numbers as the kernel returns them, negated on return as there.</summary>
public enum Errno
{
    /// <summary>Success.</summary>
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    E2BIG = 7,
    ENOEXEC = 8,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    ENOTTY = 25,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EPIPE = 32,
    ERANGE = 34,
    EDEADLK = 35,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    EOVERFLOW = 75,
    EOPNOTSUPP = 95,
    ETIMEDOUT = 110,
    EALREADY = 114,
    EINPROGRESS = 115,

    /// <summary>Inside the kernel only: the call starts again unless a handler without SA_RESTART runs.</summary>
    ERESTARTSYS = 512,

    /// <summary>Inside the kernel only: the call always starts again.</summary>
    ERESTARTNOINTR = 513,

    /// <summary>Inside the kernel only: the call starts again unless a handler runs.</summary>
    ERESTARTNOHAND = 514,

    /// <summary>Inside the kernel only: restart_syscall() goes on with what is left.</summary>
    ERESTART_RESTARTBLOCK = 516,
}
