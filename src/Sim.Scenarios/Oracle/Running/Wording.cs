using System.Globalization;
using Sim.Kernel.Abi;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>How logs print results, signals and siginfo.</summary>
internal static class Wording
{
    /// <summary>A result, or -1 and the error's name.</summary>
    internal static string Result(long result) => result < 0 && Enum.IsDefined((Errno)(-result))
        ? $"-1 {(Errno)(-result)}"
        : result.ToString(CultureInfo.InvariantCulture);

    /// <summary>Signals by name in rising order, with commas; "none".</summary>
    internal static string Set(SigSet set)
    {
        var names = new List<string>();
        for (SigSet rest = set; !rest.IsEmpty; rest = rest.Without(rest.First))
        {
            names.Add(Constants.SignalName(rest.First));
        }

        return names.Count == 0 ? "none" : string.Join(',', names);
    }

    /// <summary>A siginfo: signal, code, and what goes with the code.</summary>
    internal static string Siginfo(SigInfo info, NumberTable numbers, bool withValue = false)
    {
        string signal = Constants.SignalName(info.Signo);
        string text = info.Code switch
        {
            SiCode.User => $"{signal} code=SI_USER pid={numbers.Peek(info.Pid)}",
            SiCode.Queue => $"{signal} code=SI_QUEUE pid={numbers.Peek(info.Pid)}",
            SiCode.Tkill => $"{signal} code=SI_TKILL pid={numbers.Peek(info.Pid)}",
            SiCode.Timer => $"{signal} code=SI_TIMER",
            SiCode.Kernel => $"{signal} code=SI_KERNEL",
            _ when info.Code is >= SiCode.Exited and <= SiCode.Continued =>
                $"{signal} code={ChildCode(info.Code)} pid={numbers.Peek(info.Pid)} status={ChildStatus(info.Code, info.Status)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{signal} code={info.Code}"),
        };
        return withValue ? string.Create(CultureInfo.InvariantCulture, $"{text} value={info.Value}") : text;
    }

    /// <summary>CLD_* by name.</summary>
    internal static string ChildCode(int code) => code switch
    {
        SiCode.Exited => "CLD_EXITED",
        SiCode.Killed => "CLD_KILLED",
        SiCode.Dumped => "CLD_DUMPED",
        SiCode.Trapped => "CLD_TRAPPED",
        SiCode.Stopped => "CLD_STOPPED",
        SiCode.Continued => "CLD_CONTINUED",
        _ => code.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>si_status of a child: a code for CLD_EXITED, else a signal.</summary>
    internal static string ChildStatus(int code, int status)
        => code == SiCode.Exited ? status.ToString(CultureInfo.InvariantCulture) : Constants.SignalName(status);
}
