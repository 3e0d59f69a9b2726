using System.Runtime.InteropServices;
using AiBotKit.Demo;

if (RunOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(RunOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
try
{
    return options.Demo ? await PlayDemo.RunAsync(options, stop.Token) : await RunServers.RunAsync(options, stop.Token);
}
catch (LaunchException reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

void Ask(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
