// One message as a bubble.
import { h, icon, s } from './dom.js';
import { formatted, link, onlyEmoji } from './formatting.js';
import { voice } from './player.js';
import { store, thread } from './store.js';
import { bytes, hash, hm } from './words.js';

const LONG_PRESS_MS = 500;
const TICKS = { sending: ['clock', 'Sending'], sent: ['check', 'Sent, not taken by the product'], delivered: ['checks', 'Delivered'], read: ['checks', 'Read'] };
const LABELS = { image: 'Photo', video: 'Video', audio: 'Voice note', document: 'Document', sticker: 'Sticker', location: 'Location', contacts: 'Contact', order: 'Order', template: 'Template' };
const ICONS = { image: 'image', video: 'video', audio: 'mic', document: 'doc', sticker: 'sticker', location: 'pin', contacts: 'person', order: 'cart', template: 'doc' };

/** @param actions {menu(message, element), tap(message, {type, id, title, description}), location(message)} */
export function bubble(message, actions) {
  const own = message.from === 'customer';
  if (message.from === 'business' && message.status === 'failed') return failed(message);
  if (message.type === 'request_welcome') return notice('chat', 'Opened the chat');
  if (message.revoked) return h('li', { class: own ? 'pm me gone' : 'pm gone', 'data-id': message.id }, h('p', null, icon('block', 'sm'), 'This message was deleted'), foot(message, own));

  const kind = message.type === 'audio' ? ' voice2' : ['image', 'video'].includes(message.type) ? ' pic' : message.type === 'sticker' ? ' stick' : '';
  const element = h('li', { class: (own ? 'pm me' : 'pm') + kind, 'data-id': message.id, 'data-shape': shape(message) },
    h('span', { class: 'sr' }, own ? 'You: ' : message.from === 'app' ? 'Business, from the phone app: ' : 'Business: '),
    quoted(message), body(message, actions), message.type === 'audio' ? null : foot(message, own), buttons(message, actions), reaction(message));
  const more = h('button', { type: 'button', class: 'pmm', 'aria-label': 'React, reply or more', 'aria-haspopup': 'dialog', onclick: () => actions.menu(message, element) }, icon('down', 'sm'));
  element.append(more);
  longPress(element, () => actions.menu(message, element));
  return element;
}

/** A long press, or the right button, opens the menu. */
function longPress(element, run) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  element.addEventListener('pointerdown', event => {
    if (event.pointerType !== 'mouse' && !event.target.closest('button,a,video')) timer = setTimeout(run, LONG_PRESS_MS);
  });
  for (const name of ['pointerup', 'pointercancel', 'pointermove', 'contextmenu']) element.addEventListener(name, stop);
  element.addEventListener('contextmenu', event => {
    if (event.target.closest('a,img,video') || getSelection()?.type === 'Range' || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    run();
  });
}

/** True when ticks or reactions were all that changed and were put right in place, so that pictures and sounds stay. */
export function refresh(element, message) {
  if (element.dataset.shape !== shape(message)) return false;
  const old = element.querySelector('.pt > svg');
  if (old && message.from === 'customer') old.replaceWith(tick(message.status));
  element.querySelector('.preact')?.remove();
  const fresh = reaction(message);
  if (fresh) element.append(fresh);
  return true;
}

function failed(message) {
  const line = notice('warn', `A message did not reach this phone: ${message.error ?? 'failed'}`, true);
  line.dataset.id = message.id;
  return line;
}

const shape = message => JSON.stringify([message.text, message.edited, message.revoked, message.status === 'failed']);

export function notice(name, words, failed) {
  return h('li', { class: failed ? 'pinfo bad' : 'pinfo' }, h('span', null, icon(name, 'sm'), words));
}

/** What stands for a message in a quote or a list. */
export function brief(message) {
  const label = message.text || LABELS[message.type] || message.type;
  return [ICONS[message.type] && icon(ICONS[message.type], 'sm'), h('span', { class: 'cut' }, label)];
}

function foot(message, own) {
  return h('span', { class: 'pt' }, message.edited && h('span', null, 'Edited'), message.from === 'app' && h('span', null, 'from the app'), h('time', { datetime: message.at }, hm(message.at)), own && tick(message.status));
}

function tick(status) {
  const [name, words] = TICKS[status] ?? TICKS.sending;
  const mark = icon(name, status === 'read' ? 'sm read' : 'sm');
  mark.removeAttribute('aria-hidden');
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', words);
  mark.prepend(s('title', null, words));
  return mark;
}

function reaction(message) {
  const marks = [message.customerReaction, message.businessReaction].filter(Boolean);
  return marks.length > 0 && h('em', { class: 'preact', 'aria-label': `Reaction ${marks.join(' ')}` }, marks.join(' '));
}

function quoted(message) {
  if (!message.quotedId) return null;
  const target = thread(store.current).get(message.quotedId);
  const who = !target ? 'Earlier message' : target.from === 'customer' ? 'You' : store.numbers.find(one => one.phoneNumberId === store.number)?.name ?? 'Business';
  return h('blockquote', null, h('b', null, who), target && h('span', null, brief(target)));
}

function body(message, actions) {
  const content = message.content ?? {};
  switch (message.type) {
    case 'text': return words(message.text ?? '');
    case 'image': return [media(content, 'image'), caption(message)];
    case 'video': return [media(content, 'video'), caption(message)];
    case 'sticker': return media(content, 'image');
    case 'audio': return voice(message, source(content), hm(message.at), message.from === 'customer' && tick(message.status));
    case 'document': return [file(content), caption(message)];
    case 'location': return place(content);
    case 'contacts': return (Array.isArray(content) ? content : []).map(card);
    case 'interactive': return interactive(message, content);
    case 'template': return content.rendered ? rendered(content.rendered) : [h('p', { class: 'kind' }, icon('doc', 'sm'), 'Template'), h('p', null, content.name ?? ''), parameters(content)];
    case 'order': return [h('p', { class: 'kind' }, icon('cart', 'sm'), `Order, ${content.product_items?.length ?? 0} product`), caption(message)];
    case 'button': return words(content.text ?? message.text ?? '');
    case 'unsupported': return h('p', { class: 'kind' }, icon('warn', 'sm'), 'A message that WhatsApp does not pass on');
    default: return [h('p', { class: 'kind' }, icon('doc', 'sm'), message.type), message.text && words(message.text)];
  }
}

function words(text) { return h('p', { class: onlyEmoji(text) ? 'words big' : 'words', dir: 'auto' }, formatted(text)); }
function caption(message) { return message.text ? words(message.text) : null; }
function source(content) { return content.id ? `/sim/media/${encodeURIComponent(content.id)}` : null; }

function media(content, tag) {
  const address = source(content);
  // A file given by link stays where it is: the page fetches nothing from elsewhere.
  if (!address) return h('p', { class: 'kind' }, icon('link', 'sm'), link(content.link ?? ''));
  const shown = tag === 'image' ? h('img', { src: address, alt: content.caption || 'Photo', loading: 'lazy' }) : h('video', { src: address, controls: true, preload: 'metadata', 'aria-label': content.caption || 'Video' });
  shown.addEventListener('error', () => shown.replaceWith(h('p', { class: 'kind' }, icon('warn', 'sm'), 'This file is not there any more')), { once: true });
  return shown;
}

function file(content) {
  const address = source(content) ?? (/^https?:/i.test(content.link ?? '') ? content.link : null);
  const name = content.filename ?? content.link ?? 'Document';
  const inside = [h('span', { class: 'tile' }, icon('doc')), h('span', { class: 'grow' }, h('b', { class: 'cut' }, name), h('small', null, [content.mime_type?.split(';')[0], content.size && bytes(content.size)].filter(Boolean).join(' · ') || 'Document'))];
  return address ? h('a', { class: 'pfile', href: address, download: content.filename ?? '', rel: 'noopener noreferrer' }, inside) : h('div', { class: 'pfile' }, inside);
}

function place(content) {
  const coordinates = `${Number(content.latitude).toFixed(4)}, ${Number(content.longitude).toFixed(4)}`;
  const seed = hash(coordinates);
  const line = (n, vertical) => { const at = 12 + (seed >>> n) % 60 + n * 4; return vertical ? `M${at * 1.7} 0v96` : `M0 ${at}h220`; };
  return h('div', { class: 'pplace' }, s('svg', { class: 'map', viewBox: '0 0 220 96', role: 'img', 'aria-label': `Map, ${coordinates}` },
    s('rect', { class: 'land', width: 220, height: 96 }), s('path', { class: 'road', d: [line(0), line(5), line(9, 1), line(14, 1)].join('') }),
    s('path', { class: 'pinmark', d: 'M110 66s16-15 16-28a16 16 0 0 0-32 0c0 13 16 28 16 28z' }), s('circle', { class: 'pinhole', cx: 110, cy: 38, r: 6 })),
  h('b', null, content.name ?? 'Location'), h('small', null, content.address ? `${content.address} · ${coordinates}` : coordinates));
}

function card(one) {
  const name = one.name?.formatted_name ?? 'Contact';
  return h('div', { class: 'pfile' }, h('span', { class: 'av' }, [...name][0]), h('span', { class: 'grow' }, h('b', { class: 'cut' }, name), (one.phones ?? []).map(phone => h('small', { class: 'num' }, phone.phone ?? phone.wa_id))));
}

function interactive(message, content) {
  const reply = content.button_reply ?? content.list_reply;
  if (reply) return [words(reply.title ?? ''), reply.description && h('small', { class: 'muted' }, reply.description)];
  if (content.nfm_reply) return h('p', { class: 'kind' }, icon('doc', 'sm'), 'Form sent');
  const header = content.header;
  return [header?.type === 'text' ? h('p', { class: 'phead' }, header.text) : header?.type && media(header[header.type] ?? {}, header.type === 'video' ? 'video' : 'image'), words(content.body?.text ?? message.text ?? ''), content.footer?.text && h('small', { class: 'muted' }, content.footer.text)];
}

function rendered(shown) {
  return [shown.header && h('p', { class: 'phead' }, shown.header), words(shown.body ?? ''), shown.footer && h('small', { class: 'muted' }, shown.footer)];
}

function parameters(content) {
  const values = (content.components ?? []).filter(one => one.type !== 'button').flatMap(one => one.parameters ?? []).map(one => one.text).filter(Boolean);
  return values.length > 0 && h('small', { class: 'muted' }, values.join(' · '));
}

function buttons(message, actions) {
  const content = message.content ?? {};
  const action = content.action ?? {};
  let list = [];
  if (message.type === 'template' && content.rendered) {
    list = (content.rendered.buttons ?? []).map(one => one.type === 'quick_reply' ? press('reply', one.text, () => actions.tap(message, { type: 'button', id: one.payload, title: one.text }))
      : /^https?:/i.test(one.url ?? '') ? h('a', { href: one.url, target: '_blank', rel: 'noopener noreferrer' }, icon('link', 'sm'), one.text) : null);
  } else if (message.type === 'template') {
    list = (content.components ?? []).filter(one => one.type === 'button' && one.sub_type === 'quick_reply').map(one => {
      const payload = one.parameters?.[0]?.payload ?? '';
      return press('reply', payload, () => actions.tap(message, { type: 'button', id: payload, title: payload }));
    });
  } else if (message.type === 'interactive' && message.from !== 'customer') {
    if (content.type === 'button') list = (action.buttons ?? []).map(one => press('reply', one.reply?.title ?? '', () => actions.tap(message, { type: 'button_reply', id: one.reply?.id, title: one.reply?.title })));
    else if (content.type === 'list') list = [press('list', action.button ?? 'Options', () => actions.list(message, action))];
    else if (content.type === 'cta_url') list = [/^https?:/i.test(action.parameters?.url ?? '') ? h('a', { href: action.parameters.url, target: '_blank', rel: 'noopener noreferrer' }, icon('link', 'sm'), action.parameters.display_text ?? 'Open') : null];
    else if (content.type === 'location_request_message') list = [press('pin', 'Send location', () => actions.location(message))];
    else if (content.type === 'request_contact_info') list = [press('person', 'Share contact info', () => actions.share(message))];
  }
  list = list.filter(Boolean);
  return list.length > 0 && h('div', { class: 'pbtns' }, list);
}

function press(name, words, run) { return h('button', { type: 'button', onclick: run }, icon(name, 'sm'), words); }
