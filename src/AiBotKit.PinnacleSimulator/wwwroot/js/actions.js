// What the person with the phone does.
import { attempt, post } from './api.js';
import { $, ask, choose, h, sheet, toast } from './dom.js';
import { brief } from './bubble.js';
import { quote } from './composer.js';
import { at, current, path, readCustomers, readState, readThread, select, store } from './store.js';

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** Sends as the current customer. */
export const say = (message, key = store.current) => attempt(() => post(path(key, 'messages'), message));
const event = (name, body) => attempt(() => post(path(store.current, name), body));

export const actions = {
  menu(message) {
    const own = message.from === 'customer';
    const react = emoji => { box.close(); say({ type: 'reaction', messageId: message.id, emoji }); };
    const row = h('div', { class: 'reactrow', role: 'group', 'aria-label': 'React' },
      QUICK.map(emoji => h('button', { type: 'button', 'aria-pressed': String(message.customerReaction === emoji), onclick: () => react(message.customerReaction === emoji ? '' : emoji) }, emoji)));
    const box = choose('Message', [
      { icon: 'reply', label: 'Reply', run: () => quote(message) },
      own && message.type === 'text' && { icon: 'edit', label: 'Edit', run: () => edit(message) },
      own && { icon: 'trash', label: 'Delete for everyone', run: () => say({ type: 'revoke', messageId: message.id }) },
    ]);
    box.querySelector('header').after(h('blockquote', { class: 'what' }, brief(message)), row);
  },

  tap: (message, reply) => say({ type: reply.type, buttonId: reply.id, title: reply.title, description: reply.description, replyTo: message.id }),

  list(message, action) {
    const box = sheet(action.button ?? 'Options', (action.sections ?? []).map(section => [
      section.title && h('h3', { class: 'fh' }, section.title),
      h('ul', { class: 'choices' }, (section.rows ?? []).map(row => h('li', null, h('button', {
        type: 'button',
        onclick: () => { box.close(); actions.tap(message, { type: 'list_reply', id: row.id, title: row.title, description: row.description }); },
      }, h('span', { class: 'grow' }, h('b', null, row.title), row.description && h('small', null, row.description)))))),
    ]).flat());
  },

  location: message => sendLocation(message.id),
  share: message => say({ type: 'contacts', name: current()?.name ?? 'Me', phone: current()?.phone ?? undefined, replyTo: message.id }),

  async number(id) {
    store.number = id;
    store.threads.clear();
    store.seen.clear();
    store.customers = [];
    await attempt(async () => { await readCustomers(); await readThread(store.current); });
  },
};

async function edit(message) {
  const answer = await ask('Edit', [{ name: 'text', label: 'Message', value: message.text ?? '', rows: 3, required: true }], 'Save');
  if (answer) await say({ type: 'edit', messageId: message.id, text: answer.text });
}

export async function sendLocation(replyTo) {
  const answer = await ask('Send a location', [
    { name: 'name', label: 'Name', value: 'Mercado Central' },
    { name: 'address', label: 'Address', value: 'Plaza Ciudad de Brujas, Valencia' },
    { name: 'latitude', label: 'Latitude', value: '39.4735', type: 'number', step: 'any', required: true },
    { name: 'longitude', label: 'Longitude', value: '-0.3791', type: 'number', step: 'any', required: true },
  ], 'Send');
  if (answer) await say({ type: 'location', name: answer.name || undefined, address: answer.address || undefined, latitude: Number(answer.latitude), longitude: Number(answer.longitude), replyTo });
}

export function more() {
  const one = current();
  if (!one) return;
  choose('This chat', [
    { icon: 'call', label: 'Call the business', hint: 'A call opens the window too', run: () => event('call') },
    { icon: 'bolt', label: 'Send 3 bubbles in 1 s', hint: 'One question in three messages', run: burst },
    { icon: 'clock', label: 'Send a message from 2 days ago', hint: 'Late: the window stays closed', run: () => say({ text: 'Is anybody there?', ageSeconds: 172_800 }) },
    { icon: 'link', label: 'Arrive from an ad', hint: 'Text with a click id', run: () => say({ text: 'Hi, I saw your ad', fromAd: true }) },
    { icon: 'reply', label: 'Forward a text', run: () => say({ text: 'Fwd: free beans for everybody!', forwarded: true }) },
    { icon: 'cart', label: 'Order two bags', run: () => say({ type: 'order', text: 'For pick-up, please' }) },
    { icon: 'warn', label: 'Send a poll', hint: 'A type that arrives as unsupported', run: () => say({ type: 'unsupported' }) },
    { icon: 'phone', label: 'The owner answers from the phone app', hint: 'An echo of a message the product did not send', run: echo },
    { icon: 'swap', label: one.phone ? 'Change the number' : 'Change the user id', run: change },
    { icon: 'block', label: one.blocked ? 'Unblock the business' : 'Block the business', hint: 'Messages to a blocker fail with 131026', run: block },
    { icon: 'clock', label: 'Jump 24 h ahead', hint: 'The window closes', run: jump },
  ]);
}

async function echo() {
  const answer = await ask('From the phone app', [{ name: 'text', label: 'The owner writes', rows: 3, required: true, value: 'Hi, I am looking at it myself.' }], 'Send');
  if (answer) await event('echo', { text: answer.text });
}

async function change() {
  const one = current();
  let phone;
  if (one.phone) {
    const answer = await ask('Change the number', [{ name: 'phone', label: 'New number, digits', type: 'tel', required: true }], 'Change');
    if (!answer) return;
    phone = answer.phone.replace(/\D/g, '');
  }
  const done = await event('change-number', { phone });
  if (done) { await readCustomers(); await select(done.customer); }
}

async function block() {
  const blocked = !current().blocked;
  if (await event('block', { blocked })) { toast(blocked ? 'Blocked: nothing will reach this phone' : 'Unblocked'); await readCustomers(); }
}

export async function burst() {
  const key = store.current;
  for (const [index, text] of ['Hi', 'quick question', 'do you ship to Valencia?'].entries()) {
    if (index) await new Promise(done => setTimeout(done, 450));
    await say({ text }, key);
  }
}

export async function jump() {
  await attempt(async () => { await post('/sim/clock', { jumpSeconds: 86_400 }); await readState(); await readCustomers(); toast('The simulator is 24 hours ahead'); });
}

export async function jumpBack() {
  await attempt(async () => { await post('/sim/clock', { reset: true }); await readState(); await readCustomers(); });
}

export async function addCustomer() {
  const answer = await ask('Add a customer', [
    { name: 'name', label: 'Name', value: '' },
    { name: 'phone', label: 'Phone, digits with country code', type: 'tel', hint: 'Leave empty for somebody who hides the number' },
    { name: 'username', label: 'Username', placeholder: '@name' },
    { name: 'userId', label: 'User id', placeholder: 'US.13491208655302741918', hint: 'Needed without a phone' },
  ], 'Add');
  if (!answer) return;
  const body = Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, value.trim() || undefined]));
  if (!body.phone && !body.userId) body.userId = 'US.' + String(crypto.getRandomValues(new BigUint64Array(1))[0]);
  await attempt(async () => { const added = await post(at('/sim/customers'), body); await readCustomers(); await select(added.key); $('pmi').focus(); });
}
