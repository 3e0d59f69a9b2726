// The chat on the phone: bubbles by day, typing, and a pill for what arrived below.
import { $, h, put } from './dom.js';
import { bubble, notice, refresh } from './bubble.js';
import { actions } from './actions.js';
import { messages, on, shown, store, typingLeft } from './store.js';
import { dayKey, dayName } from './words.js';

const NEAR = 80;
let below = 0;

export function start() {
  on('select', draw);
  on('thread', key => key === store.current && draw());
  on('message', changed);
  on('typing', key => key === store.current && typing());
  on('state', business);
  $('scroll').addEventListener('scroll', () => { if (atEnd()) { below = 0; pill(); } }, { passive: true });
  $('latest').addEventListener('click', toEnd);
}

function draw() {
  const nodes = [];
  let day = '';
  const list = messages(store.current).filter(shown);
  if (list.length === 0) nodes.push(dayLine(new Date().toISOString()), privacy());
  for (const message of list) {
    const key = dayKey(message.at);
    if (key !== day) nodes.push(dayLine(message.at), ...(day === '' ? [privacy()] : []));
    day = key;
    nodes.push(bubble(message, actions));
  }
  put($('chat'), nodes);
  below = 0;
  typing();
  toEnd();
}

function changed({ key, one, added }) {
  if (key !== store.current) return;
  const list = $('chat');
  const stick = atEnd();
  const old = list.querySelector(`[data-id="${CSS.escape(one.id)}"]`);
  if (old) {
    if (!refresh(old, one)) old.replaceWith(bubble(one, actions));
  } else if (added && shown(one)) {
    const before = messages(key).filter(shown).at(-2);
    if (!before) { draw(); return; }
    if (dayKey(before.at) !== dayKey(one.at)) list.append(dayLine(one.at));
    list.append(bubble(one, actions));
    if (!stick && one.from !== 'customer') below++;
  } else if (!old && shown(one)) draw();
  typing();
  if (stick || (added && one.from === 'customer')) toEnd(); else pill();
}

function typing() {
  const stick = atEnd();
  $('chat').querySelector('.ptype')?.remove();
  if (typingLeft(store.current) > 0) {
    $('chat').append(h('li', { class: 'pm ptype', 'aria-label': 'The business is typing' }, h('span', { class: 'typing' }, h('i'), h('i'), h('i'))));
    if (stick) toEnd();
  }
}

function dayLine(time) { return h('li', { class: 'pday' }, h('span', { role: 'heading', 'aria-level': '3' }, dayName(time))); }
function privacy() { return notice('lock', 'Simulated chat. Nothing leaves this machine.'); }
function atEnd() { const box = $('scroll'); return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR; }
function toEnd() { const box = $('scroll'); box.scrollTop = box.scrollHeight; below = 0; pill(); }

function pill() {
  $('latest').hidden = below === 0;
  $('latest').querySelector('span').textContent = `${below} new`;
}

function business() {
  const one = store.numbers.find(number => number.phoneNumberId === store.number);
  if (store.numbers.length < 2) { put($('business'), h('b', { class: 'cut' }, one?.name ?? ''), h('small', null, 'Business account')); return; }
  const pick = h('select', { 'aria-label': 'Business number', onchange: () => actions.number(pick.value) },
    store.numbers.map(number => h('option', { value: number.phoneNumberId, selected: number === one }, number.name)));
  put($('business'), pick, h('small', null, 'Business account'));
}

