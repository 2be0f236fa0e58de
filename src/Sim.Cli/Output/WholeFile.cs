using System.Text;
using Sim.Cli.Input;

namespace Sim.Cli.Output;

/// <summary>
/// A file that is written whole or not at all: under another name first, in the same folder, so that
/// a file that cannot be written is known before the work is done. A link is followed; a device is written to.
/// </summary>
internal sealed class WholeFile : IDisposable
{
    private readonly string _option;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private readonly bool _isDevice;
    private bool _isDone;

    private WholeFile(string option, string path)
    {
        _option = option;
        _path = new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        _isDevice = Path.GetFullPath(_path).StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(_path);
        _temporary = _isDevice ? _path : $"{_path}.{Environment.ProcessId}.tmp";
        if (!_isDevice)
        {
            // Left by an earlier process of this number, if it was killed while it wrote.
            File.Delete(_temporary);
        }

        _stream = new FileStream(_temporary, _isDevice ? FileMode.Open : FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Makes sure that the file can be written.</summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="path">Where it will be.</param>
    internal static WholeFile Open(string option, string path) => Open(option, path, () => new WholeFile(option, path));

    /// <summary>Opens a file to be written, or says in one line why it cannot be.</summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="path">Where it will be.</param>
    /// <param name="open">Opens it.</param>
    internal static T Open<T>(string option, string path, Func<T> open)
    {
        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new UsageException($"{option}: {Quoted.Of(path)} is not the name of a file");
        }

        try
        {
            return open();
        }
        catch (Exception failure) when (IsOfTheSystem(failure))
        {
            throw Unwritable(option, path, failure);
        }
    }

    /// <summary>Writes the lines and gives the file its name.</summary>
    internal void Write(IEnumerable<string> lines)
    {
        try
        {
            using (var writer = new StreamWriter(_stream, new UTF8Encoding(false)) { NewLine = "\n" })
            {
                foreach (string line in lines)
                {
                    writer.WriteLine(line);
                }
            }

            if (!_isDevice)
            {
                File.Move(_temporary, _path, overwrite: true);
            }

            _isDone = true;
        }
        catch (Exception failure) when (IsOfTheSystem(failure))
        {
            throw Unwritable(_option, _path, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_isDone && !_isDevice)
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>Whether a failure is the world's and not ours.</summary>
    internal static bool IsOfTheSystem(Exception failure)
        => failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>The one line for a file that cannot be written.</summary>
    internal static UsageException Unwritable(string option, string path, Exception failure) => new(
        $"{option}: cannot write {Quoted.Of(path)}: " + failure switch
        {
            DirectoryNotFoundException => "no such folder",
            FileNotFoundException => "the folder takes no files",
            UnauthorizedAccessException => "permission denied",
            PathTooLongException => "the name is too long",
            _ => failure.Message.ReplaceLineEndings(" "),
        });
}
