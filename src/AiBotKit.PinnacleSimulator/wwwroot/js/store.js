// What the page knows. Events of the simulator change it; views listen.
import { get } from './api.js';

export const store = {
  numbers: [], number: null, customers: [], current: null, skew: 0, jump: 0, latency: null, dashboardUrl: '',
  threads: new Map(), seen: new Map(), typing: new Map(), faults: [], counters: null, wire: [],
};

const listeners = new Map();
export function on(topic, run) { (listeners.get(topic) ?? listeners.set(topic, []).get(topic)).push(run); }
export function tell(topic, detail) { for (const run of listeners.get(topic) ?? []) run(detail); }

/** The simulator's time. */
export const now = () => new Date(Date.now() + store.skew);
export const customer = key => store.customers.find(one => one.key === key);
export const current = () => customer(store.current);
export const at = path => path + (path.includes('?') ? '&' : '?') + 'number=' + encodeURIComponent(store.number ?? '');
export const path = (key, rest) => at(`/sim/customers/${encodeURIComponent(key)}/${rest}`);

/** Messages of a customer, by id. */
export function thread(key) { return store.threads.get(key) ?? store.threads.set(key, new Map()).get(key); }
export const messages = key => [...thread(key).values()].sort((a, b) => a.seq - b.seq);

export function unread(one) {
  if (one.key === store.current && !document.hidden) return 0;
  const seen = store.seen.get(one.key) ?? 0;
  let count = 0;
  for (const message of thread(one.key).values()) if (message.from !== 'customer' && message.seq > seen && shown(message)) count++;
  return count;
}

/** Whether a message is a bubble on the phone; reactions, edits and deletions change another one. */
export const shown = message => !['reaction', 'edit', 'revoke'].includes(message.type);

export function typingLeft(key) { return Math.max(0, (store.typing.get(key) ?? 0) - performance.now()); }

export async function readState() {
  const state = await get('/sim/state');
  store.numbers = state.numbers;
  store.number ??= state.numbers[0]?.phoneNumberId;
  store.skew = new Date(state.now).getTime() - Date.now();
  store.jump = state.jumpSeconds;
  store.latency = state.latency;
  store.dashboardUrl = state.dashboardUrl;
  tell('state');
}

export async function readCustomers() {
  const list = await get(at('/sim/customers'));
  const first = store.customers.length === 0;
  store.customers = list.customers;
  for (const one of list.customers) {
    if (one.typingForMs > 0) store.typing.set(one.key, performance.now() + one.typingForMs);
    if (one.last) thread(one.key).set(one.last.id, one.last);
    if (first && !store.seen.has(one.key)) store.seen.set(one.key, one.cursor);
  }
  if (!current()) store.current = store.customers[0]?.key ?? null;
  tell('customers');
}

export async function readThread(key) {
  const answer = await get(path(key, 'messages?after=0&limit=500'));
  store.threads.set(key, new Map(answer.messages.map(one => [one.id, one])));
  tell('thread', key);
}

export async function readFaults() { store.faults = (await get('/sim/faults')).faults; tell('faults'); }
export async function readCounters() { store.counters = await get('/sim/counters'); tell('counters'); }
export async function readWire() { store.wire = (await get('/sim/log?limit=200')).entries; tell('wire'); }

export async function select(key) {
  store.current = key;
  history.replaceState(null, '', '#' + encodeURIComponent(key));
  tell('select', key);
  await readThread(key);
  markSeen();
}

export function markSeen() {
  if (document.hidden || !store.current) return;
  const last = messages(store.current).at(-1);
  if (last) store.seen.set(store.current, last.seq);
  tell('customers');
}
