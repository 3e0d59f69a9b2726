// The wire: what went over it, newest first, and one request in full.
import { attempt, get, remove } from './api.js';
import { $, h, icon, put, sheet } from './dom.js';
import { on, readWire, store } from './store.js';
import { hms } from './words.js';

const BRIEF = 6;
const FILTERS = [['all', 'All'], ['webhook', 'To the product'], ['api', 'From the product'], ['bad', 'Not 200']];
let filter = 'all';

/** The short list under the faults. */
export const short = h('div', { class: 'shortwire' });

export function start(openWire) {
  const list = h('ol', { class: 'wire' });
  const empty = h('p', { class: 'muted nothing' }, 'Nothing yet. Write a message on the phone.');
  const picks = h('div', { class: 'pick', role: 'group', 'aria-label': 'Filter' }, FILTERS.map(([name, words]) =>
    h('button', { type: 'button', 'aria-pressed': String(name === filter), onclick: event => { filter = name; for (const one of picks.children) one.setAttribute('aria-pressed', String(one === event.currentTarget)); full(); } }, words)));
  put($('pwire'), h('div', { class: 'wiretop' }, picks, h('button', { type: 'button', class: 'btn sm quiet', onclick: () => attempt(async () => { await remove('/sim/log'); await readWire(); }) }, icon('trash', 'sm'), 'Clear')), list, empty);
  const brief = h('ol', { class: 'wire' });
  const book = h('div', { class: 'say ai' });
  put(short, h('h3', { class: 'fh split' }, h('span', null, 'Wire ', h('small', { class: 'muted' }, 'newest first')), h('button', { type: 'button', class: 'btn sm quiet', onclick: openWire }, 'All')), brief, book);

  const full = () => {
    const focused = document.activeElement?.dataset?.entry;
    const shown = store.wire.filter(matches);
    put(list, shown.map(line));
    list.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    if (focused) list.querySelector(`[data-entry="${focused}"]`)?.focus({ preventScroll: true });
  };
  on('wire', () => {
    put(brief, store.wire.slice(0, BRIEF).map(line));
    brief.hidden = store.wire.length === 0;
    if (!$('pwire').hidden) full();
    hook();
  });
  on('tab', full);
  on('counters', () => count(book));
}

function matches(entry) {
  return filter === 'all' || (filter === 'bad' ? entry.status !== 200 : entry.direction === filter);
}

function line(entry) {
  const out = entry.direction === 'webhook';
  const again = entry.duplicate || entry.try > 1;
  const words = [entry.summary || entry.kind, entry.try > 1 && `try ${entry.try}`, entry.duplicate && 'same id again', out && !entry.signed && 'bad signature', entry.fault].filter(Boolean).join(' · ');
  return h('li', { class: `${out ? 'i2' : 'o2'}${again ? ' dup' : ''}` }, h('button', { type: 'button', 'data-entry': entry.id, onclick: () => show(entry.id) },
    h('time', { datetime: entry.at }, hms(entry.at)), h('b', null, out ? 'POST' : verb(entry)), h('span', { class: 'cut' }, words), h('em', { class: entry.status === 200 ? '' : 'bad' }, entry.status || '–'), h('span', { class: 'num' }, `${Math.round(entry.elapsedMs)} ms`)));
}

const verb = entry => entry.kind === 'messages' || entry.kind === 'typing' || entry.kind === 'read' ? 'SEND' : entry.method === 'DELETE' ? 'DEL' : entry.method;

async function show(id) {
  const entry = await attempt(() => get('/sim/log/' + id));
  if (!entry) return;
  const facts = [['Time', hms(entry.at)], ['Answer', `${entry.status || 'none'} after ${entry.elapsedMs} ms`], ['Try', entry.try], entry.signature && ['Signature', entry.signed ? 'right' : 'wrong'], entry.direction === 'webhook' && !entry.signature && ['Signature', 'none'], entry.fault && ['Fault', entry.fault], entry.customer && ['Customer', entry.customer], entry.ids?.length > 0 && ['Ids', entry.ids.slice(0, 5).join('\n')]].filter(Boolean);
  const box = sheet(`${entry.method} ${entry.summary || entry.kind}`,
    h('p', { class: 'wurl' }, entry.url),
    h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))),
    code('Headers', (entry.headers ?? []).map(one => `${one.name}: ${one.value}`).join('\n')), code('Body', pretty(entry.body), entry.body), code('Answer', pretty(entry.answer), entry.answer));
  box.classList.add('wide');
}

function code(name, text, raw) {
  if (!text) return null;
  const box = h('pre', { tabindex: '0', 'aria-label': name }, text);
  const copy = h('button', { type: 'button', class: 'btn sm quiet', onclick: () => attempt(async () => { await navigator.clipboard.writeText(raw ?? text); copy.textContent = 'Copied'; }) }, 'Copy');
  return h('section', { class: 'wcode' }, h('h3', { class: 'fh split' }, h('span', null, name), copy), box);
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function hook() {
  const last = store.wire.find(one => one.direction === 'webhook');
  const chip = $('hook');
  if (!last) { chip.className = 'chip wide'; put(chip, 'No webhook yet'); return; }
  const good = last.status === 200;
  chip.className = `chip wide ${good ? 'ai' : 'fail'}`;
  const words = last.status ? ['Webhook answers ', String(last.status), ' in ', h('span', { class: 'num' }, `${Math.max(1, Math.round(last.elapsedMs))} ms`)] : ['Webhook: no answer'];
  put(chip, icon(good ? 'check' : 'warn'), h('span', null, words));
}

function count(book) {
  const { customerMessages: sent, customerMessagesStored: stored, repeatedSends: twice } = store.counters;
  const good = stored === sent && twice === 0;
  book.className = `say ${good ? 'ai' : twice > 0 ? 'fail' : 'wait'}`;
  put(book, icon(good ? 'check' : 'warn'), h('p', null, h('b', { class: 'num' }, `${sent} sent, ${stored} stored, ${twice} answered twice.`), ' Counted here, by the simulator’s own book.'));
}

