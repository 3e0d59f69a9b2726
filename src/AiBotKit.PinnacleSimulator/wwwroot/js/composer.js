// The line at the bottom: text, quote, emoji, attachments, microphone.
import { attempt, upload } from './api.js';
import { $, choose, h, icon, put, toast, ask } from './dom.js';
import { brief } from './bubble.js';
import { say, sendLocation } from './actions.js';
import * as emoji from './emoji.js';
import * as recorder from './recorder.js';
import { on, store } from './store.js';

const drafts = new Map();
let quoted = null;
let before = null;

export function start() {
  const field = $('pmi');
  $('composer').addEventListener('submit', event => { event.preventDefault(); send(); });
  field.addEventListener('input', buttons);
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    else if (event.key === 'Escape' && quoted) { event.stopPropagation(); quote(null); }
  });
  field.addEventListener('paste', event => {
    const file = [...event.clipboardData.files][0];
    if (file) { event.preventDefault(); sendFile(file); }
  });
  $('attach').addEventListener('click', attach);
  emoji.start(insert);
  recorder.start(blob => sendVoice(blob));
  for (const name of ['dragover', 'drop']) {
    $('ph').addEventListener(name, event => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      if (name === 'drop') [...event.dataTransfer.files].forEach(sendFile);
    });
  }
  on('select', () => {
    if (before) drafts.set(before, field.value);
    before = store.current;
    field.value = drafts.get(before) ?? '';
    quote(null, false);
    buttons();
  });
}

export function quote(message, focus = true) {
  quoted = message;
  $('quote').hidden = !message;
  if (message) {
    put($('quote'), h('blockquote', { class: 'grow' }, h('b', null, message.from === 'customer' ? 'You' : 'Business'), h('span', null, brief(message))),
      h('button', { type: 'button', class: 'ib sm', 'aria-label': 'Do not quote', onclick: () => quote(null) }, icon('x', 'sm')));
  }
  if (focus) $('pmi').focus();
}

async function send() {
  const field = $('pmi');
  const text = field.value.trim();
  if (!text) return;
  const replyTo = quoted?.id;
  const key = store.current;
  field.value = '';
  quote(null);
  buttons();
  if (!await say({ text, replyTo }, key) && store.current === key && !field.value) { field.value = text; buttons(); }
}

function buttons() {
  const typed = $('pmi').value.trim().length > 0;
  // Focus must not fall to the page when its button goes.
  const focused = [$('mic'), $('sendb')].includes(document.activeElement);
  $('mic').hidden = typed;
  $('sendb').hidden = !typed;
  if (focused) $('pmi').focus();
}

function insert(text) {
  const field = $('pmi');
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  buttons();
}

function attach() {
  choose('Attach', [
    { icon: 'image', label: 'Photo or video', hint: 'A file of yours', run: () => pick('image/*,video/*', sendFile) },
    { icon: 'image', label: 'Sample photo', hint: 'A coffee bag with a torn corner', run: () => captioned('image', 'And this one came torn') },
    { icon: 'mic', label: 'Sample voice note', hint: 'Six seconds, Opus in Ogg', run: () => say({ type: 'voice', replyTo: taken() }) },
    { icon: 'doc', label: 'Document', hint: 'A file of yours', run: () => pick('', file => sendFile(file, 'document')) },
    { icon: 'doc', label: 'Sample document', hint: 'invoice-2041.pdf', run: () => say({ type: 'document', replyTo: taken() }) },
    { icon: 'pin', label: 'Location', run: () => sendLocation(taken()) },
    { icon: 'person', label: 'Contact', run: sendContact },
    { icon: 'sticker', label: 'Sample sticker', run: () => say({ type: 'sticker', replyTo: taken() }) },
    { icon: 'video', label: 'Sample video', run: () => say({ type: 'video', replyTo: taken() }) },
  ]);
}

function taken() {
  const id = quoted?.id;
  quote(null, false);
  return id;
}

async function captioned(type, words, mediaId) {
  const answer = await ask('Send', [{ name: 'caption', label: 'Caption', value: words }], 'Send');
  if (answer) await say({ type, mediaId, caption: answer.caption || undefined, replyTo: taken() });
}

async function sendContact() {
  const answer = await ask('Send a contact', [{ name: 'name', label: 'Name', value: 'Sam Placeholder', required: true }, { name: 'phone', label: 'Phone, digits', type: 'tel', value: '15550100199', required: true }], 'Send');
  if (answer) await say({ type: 'contacts', name: answer.name, phone: answer.phone.replace(/\D/g, ''), replyTo: taken() });
}

function pick(accept, run) {
  const input = h('input', { type: 'file', accept });
  input.addEventListener('change', () => input.files[0] && run(input.files[0]));
  input.click();
}

async function sendFile(file, as) {
  const type = as ?? (/^image\/(png|jpeg|webp|gif)$/.test(file.type) ? 'image' : /^video\//.test(file.type) ? 'video' : /^audio\//.test(file.type) ? 'audio' : 'document');
  const stored = await attempt(() => upload(file, file.name, file.type));
  if (!stored) return;
  if (type === 'audio') await say({ type, mediaId: stored.id, replyTo: taken() });
  else if (type === 'document') await say({ type, mediaId: stored.id, filename: file.name, replyTo: taken() });
  else await captioned(type, '', stored.id);
}

async function sendVoice(blob) {
  const stored = await attempt(() => upload(blob, null, blob.type));
  if (stored && !await say({ type: 'voice', mediaId: stored.id, replyTo: taken() })) toast('The voice note was not sent');
}
