// Starts the circuit. A line that is lost is sought again at once, then more and more slowly, and for as long as the page is open: who comes back to it finds it alive.
(() => {
  const pauses = [0, 100, 200, 400, 800, 1000, 1000, 2000, 2000, 3000];
  // Where a proxy lets no socket through, the circuit goes by polling. Where one was open already, a broken handshake is only the line: by polling, what was under way
  // when it broke could be lost or come twice (a browser repeats requests by itself), so the next try is a socket again.
  let opened = false;
  const Sockets = 1;
  class Socket extends WebSocket {
    constructor(...how) { super(...how); this.addEventListener('open', () => { opened = true; }); }
  }
  const configureSignalR = builder => builder.withUrl('_blazor', opened ? { WebSocket: Socket, transport: Sockets } : { WebSocket: Socket });
  // A socket that did not open makes Blazor say that the page has stopped, and then it tries again: as long as it tries, only the line is down.
  document.addEventListener('components-reconnect-state-changed', e => {
    if (['show', 'retrying', 'hide'].includes(e.detail.state)) document.getElementById('blazor-error-ui').style.display = 'none';
  }, true);
  Blazor.start({ circuit: { configureSignalR, reconnectionOptions: { maxRetries: undefined, retryIntervalMilliseconds: tries => pauses[tries] ?? 5000 } } });
})();
