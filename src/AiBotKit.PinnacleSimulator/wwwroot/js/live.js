// Server-sent events into the store. A lost connection is shown, and everything is read again when it is back.
import { $ } from './dom.js';
import { customer, markSeen, readCounters, readCustomers, readFaults, readState, readThread, readWire, store, tell, thread } from './store.js';

const WIRE_KEPT = 200;
let countersTimer = 0;

export async function readAll() {
  await readState();
  await readCustomers();
  await Promise.all([store.current ? readThread(store.current) : null, readFaults(), readWire(), readCounters()]);
  markSeen();
}

export function listen() {
  const events = new EventSource('/sim/events');
  const heard = (name, run) => events.addEventListener(name, event => run(JSON.parse(event.data)));
  events.onerror = () => { $('lost').hidden = false; };
  heard('hello', () => { $('lost').hidden = true; again(); });
  heard('reread', again);
  heard('customers', () => quietly(readCustomers));
  heard('faults', () => quietly(readFaults));
  heard('clock', () => quietly(async () => { await readState(); await readCustomers(); }));
  heard('message', message);
  heard('typing', ({ customer: key, number, forMs }) => {
    if (number !== store.number) return;
    store.typing.set(key, performance.now() + forMs);
    tell('typing', key);
    setTimeout(() => tell('typing', key), forMs + 50);
  });
  heard('wire', entry => {
    store.wire.unshift(entry);
    store.wire.length = Math.min(store.wire.length, WIRE_KEPT);
    tell('wire', entry);
    countersTimer ||= setTimeout(() => { countersTimer = 0; quietly(readCounters); }, 500);
  });
}

function message({ customer: key, number, message: one }) {
  if (number !== store.number) return;
  const known = thread(key).get(one.id);
  thread(key).set(one.id, one);
  const who = customer(key);
  if (!who) { quietly(readCustomers); return; }
  if (!known) {
    who.last = one;
    if (one.from === 'customer') {
      who.lastInboundAt = one.at;
      who.windowClosesAt = new Date(new Date(one.at).getTime() + 86_400_000).toISOString();
    } else store.typing.delete(key);
  }
  tell('message', { key, one, added: !known });
  if (key === store.current) markSeen(); else if (!known) tell('customers');
}

function again() { quietly(readAll); }
function quietly(run) { run().catch(() => { $('lost').hidden = false; }); }
