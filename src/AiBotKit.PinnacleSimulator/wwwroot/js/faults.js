// Fault switches. What the product receives: any number of them. What sending returns: one at a time.
import { attempt, post, remove } from './api.js';
import { $, h, put } from './dom.js';
import { current, on, readFaults, store } from './store.js';
import { title } from './words.js';

const FIRST = { receive: ['duplicate', 'shuffle', 'batch', 'wrong-signature'], send: ['131047', '131056', '130429', '500', '502-html', 'accept-then-timeout', 'status-first'] };
const OFTEN = [['share:1', 'Always'], ['share:0.2', 'One in five'], ['every:3', 'Every third'], ['next:1', 'Only the next'], ['next:5', 'The next five']];
const opened = new Set();

export function start(wire) {
  const slider = latency();
  on('faults', () => draw(slider, wire));
  on('state', () => slider.show());
  on('select', () => store.faults.length && draw(slider, wire));
  $('alloff').addEventListener('click', () => attempt(async () => { await remove('/sim/faults'); await readFaults(); }));
}

function draw(slider, wire) {
  const armed = store.faults.filter(one => one.armed).length;
  $('armed').textContent = armed;
  $('armed').hidden = armed === 0;
  $('alloff').disabled = armed === 0;
  const focused = document.activeElement?.closest?.('#pfaults')
    ? document.activeElement.dataset.focus : null;
  const scroll = $('pfaults').scrollTop;
  put($('pfaults'), h('h3', { class: 'fh' }, 'What the product receives'), switches('receive'),
    h('h3', { class: 'fh' }, 'What sending returns'), pills(), slider.element,
    folded('media', 'Media faults', group('media').some(one => one.armed), switches('media')), wire);
  $('pfaults').scrollTop = scroll;
  if (focused) $('pfaults').querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

const group = name => store.faults.filter(one => one.group === name);

function switches(name) {
  const all = group(name);
  const first = FIRST[name] ?? all.map(one => one.name);
  const rest = all.filter(one => !first.includes(one.name));
  return [h('ul', { class: 'fl' }, all.filter(one => first.includes(one.name)).map(row)),
    rest.length > 0 && folded(name, `${rest.length} more`, rest.some(one => one.armed), h('ul', { class: 'fl' }, rest.map(row)))];
}

function row(one) {
  const turn = () => arm(one, one.armed ? null : { share: one.name === 'wrong-signature' ? 0.2 : 1 });
  return h('li', { class: one.armed && 'on' }, h('div', { class: 'frow' }, h('span', { class: 'grow' }, h('b', null, one.title), h('small', null, detail(one))),
    h('button', { class: 'sw', type: 'button', role: 'switch', 'aria-checked': String(one.armed), 'aria-label': one.title, 'data-focus': one.name, onclick: turn })), one.armed && how(one));
}

function detail(one) { return one.fired > 0 ? `${one.detail} · fired ${one.fired}` : one.detail; }

function pills() {
  const all = group('send');
  const armed = all.filter(one => one.armed);
  const one = armed[0];
  const pill = (name, words, checked, run) => h('button', {
    type: 'button', role: 'radio', 'aria-checked': String(checked), tabindex: checked ? 0 : -1, 'data-focus': 'send:' + name, onclick: run,
  }, words);
  const pick = kind => async () => {
    for (const other of armed) if (other !== kind) await attempt(() => remove('/sim/faults/' + other.name));
    if (kind && !kind.armed) await arm(kind, { share: 1 }); else await attempt(readFaults);
  };
  const shown = all.filter(kind => FIRST.send.includes(kind.name) || kind.armed || opened.has('send'));
  return [h('div', { class: 'pick', role: 'radiogroup', 'aria-label': 'Answer to sends', onkeydown: arrows },
    pill('accept', 'Accept', armed.length === 0, pick(null)), shown.map(kind => pill(kind.name, kind.title, kind.armed, pick(kind)))),
  shown.length < all.length && h('button', { type: 'button', class: 'btn sm quiet', onclick: () => { opened.add('send'); attempt(readFaults); } }, `${all.length - shown.length} more answers`),
  one && h('div', { class: 'fhow' }, h('small', null, detail(one)), how(one))];
}

function arrows(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll('[role="radio"]')];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
}

/** How often, how much, and for whom. */
function how(one) {
  const often = one.next > 0 ? `next:${one.next}` : one.every > 0 ? `every:${one.every}` : `share:${one.share}`;
  const options = OFTEN.some(([value]) => value === often) ? OFTEN : [[often, often.replace('share:', 'Share ').replace('every:', 'Every ').replace('next:', 'The next ')], ...OFTEN];
  const frequency = h('select', { class: 'in', 'aria-label': `${one.title}: how often`, 'data-focus': one.name + ':often' }, options.map(([value, words]) => h('option', { value, selected: value === often }, words)));
  const value = one.unit && h('input', { class: 'in', type: 'number', min: 0, value: one.value, 'aria-label': `${one.title}: ${one.unit}`, 'data-focus': one.name + ':value' });
  const who = h('select', { class: 'in', 'aria-label': `${one.title}: for whom`, 'data-focus': one.name + ':to' },
    h('option', { value: '', selected: !one.to }, 'Everybody'), one.to && one.to !== store.current && h('option', { value: one.to, selected: true }, one.to),
    current() && h('option', { value: store.current, selected: one.to === store.current }, title(current())));
  const change = () => {
    const [name, count] = frequency.value.split(':');
    arm(one, { [name]: Number(count), value: value ? Number(value.value) : undefined, to: who.value || undefined });
  };
  for (const control of [frequency, value, who]) control && control.addEventListener('change', change);
  return h('div', { class: 'fctl' }, frequency, value && h('span', { class: 'unit' }, value, one.unit), who);
}

const arm = (one, body) => attempt(async () => {
  if (body) await post('/sim/faults/' + one.name, body); else await remove('/sim/faults/' + one.name);
  await readFaults();
});

function folded(name, words, open, content) {
  const box = h('details', { class: 'fold', open: open || opened.has(name) }, h('summary', null, words), content);
  box.addEventListener('toggle', () => { if (box.open) opened.add(name); else opened.delete(name); });
  return box;
}

/** Time before a send is answered. The upper half of the slider grows faster. */
function latency() {
  const STEPS = [0, 20, 50, 120, 250, 400, 700, 1000, 1500, 2500, 4000, 6000, 10_000];
  const words = h('span', { class: 'num' });
  const slider = h('input', { type: 'range', min: 0, max: STEPS.length - 1, 'data-focus': 'latency' });
  slider.addEventListener('change', () => attempt(async () => { store.latency = await post('/sim/latency', { responseMs: STEPS[slider.value] }); show(); }));
  slider.addEventListener('input', () => { words.textContent = `${STEPS[slider.value]} ms`; });
  const show = () => {
    const { responseMinMs: from = 0, responseMaxMs: to = 0 } = store.latency ?? {};
    words.textContent = from === to ? `${to} ms` : `${from} to ${to} ms`;
    const index = STEPS.findIndex(step => step >= (from + to) / 2);
    slider.value = index < 0 ? STEPS.length - 1 : index;
    slider.setAttribute('aria-valuetext', words.textContent);
  };
  return { element: h('label', { class: 'lat' }, h('span', null, h('b', null, 'Latency'), words), slider), show };
}
