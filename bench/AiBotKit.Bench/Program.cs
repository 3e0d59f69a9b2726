using AiBotKit.Bench;

// bench: what this machine does. So far the search over the owner's knowledge.
await RetrievalBench.RunAsync();
return 0;
