// Starts the circuit. A line that is lost is sought again at once, then more and more slowly, and for as long as the page is open: who comes back to it finds it alive.
(() => {
  const pauses = [0, 100, 200, 400, 800, 1000, 1000, 2000, 2000, 3000];
  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: undefined, retryIntervalMilliseconds: tries => pauses[tries] ?? 5000 } } });
})();
