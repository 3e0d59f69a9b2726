using AiBotKit.PinnacleSimulator;

var app = SimulatorApp.Build(args);
await app.RunAsync();
