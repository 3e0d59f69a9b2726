// The customers at the left (a strip on a small screen).
import { $, h, put } from './dom.js';
import { brief } from './bubble.js';
import { now, on, select, store, typingLeft, unread } from './store.js';
import { ago, hash, initials, phone, title } from './words.js';

export function start() {
  on('customers', draw);
  on('select', draw);
  on('typing', draw);
  on('message', draw);
  setInterval(draw, 60_000);
}

function draw() {
  const focused = document.activeElement?.closest?.('#customers button')?.dataset.key;
  put($('customers'), store.customers.map(one => {
    const fresh = unread(one);
    return h('li', { 'aria-current': one.key === store.current && 'true' }, h('button', { type: 'button', 'data-key': one.key, onclick: () => select(one.key) },
      h('span', { class: `av a${one.name || one.username ? hash(one.key) % 5 + 1 : 0}` }, initials(one)),
      h('span', { class: 'grow' }, h('b', { class: one.name ? 'cut' : 'cut num' }, title(one)), line(one)),
      fresh > 0 && h('b', { class: 'count', 'aria-label': `${fresh} new` }, fresh)));
  }));
  if (focused) $('customers').querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function line(one) {
  if (typingLeft(one.key) > 0) return h('small', { class: 'live2' }, 'typing…');
  if (one.blocked) return h('small', null, 'Blocked the business');
  const closed = one.windowClosesAt ? now() - new Date(one.windowClosesAt) : -1;
  if (closed > 0) return h('small', null, `Window closed ${ago(closed)} ago`);
  if (one.last && one.last.from !== 'customer' && unread(one) > 0) return h('small', { class: 'cut lastline' }, brief(one.last));
  // What the title does not say already; for somebody known by one name only, what was said last.
  const other = one.note ?? (one.phone && (one.name || one.username) ? phone(one.phone) : one.name ? one.username : null);
  if (other) return h('small', { class: 'cut num' }, other);
  return one.last ? h('small', { class: 'cut lastline' }, brief(one.last)) : h('small', null, 'Never wrote');
}
