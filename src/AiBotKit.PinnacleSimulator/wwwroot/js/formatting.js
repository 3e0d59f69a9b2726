// WhatsApp's own marks (*bold* _italic_ ~struck~ `code` ```block```), links and nothing else, as nodes.
import { h } from './dom.js';

const MARKS = { '*': 'b', '_': 'i', '~': 's' };
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:️|\p{Emoji_Modifier}|‍\p{Extended_Pictographic})*){1,3}$/u;

export const onlyEmoji = text => EMOJI_ONLY.test(text.trim());

export function formatted(text) {
  const parts = text.split('```');
  // The last fence of an odd number opens nothing: it stays as it was written.
  if (parts.length % 2 === 0) { const tail = parts.pop(); parts[parts.length - 1] += '```' + tail; }
  return parts.flatMap((part, index) => index % 2 ? [h('code', { class: 'block' }, part.replace(/^\n|\n$/g, ''))] : inline(part));
}

function inline(text) {
  const nodes = [];
  let plain = '';
  const flush = () => { if (plain) { nodes.push(...links(plain)); plain = ''; } };
  for (let i = 0; i < text.length;) {
    const mark = text[i];
    const end = mark === '`' ? text.indexOf('`', i + 2) : MARKS[mark] ? closing(text, i) : -1;
    if (end > i) {
      flush();
      const inner = text.slice(i + 1, end);
      nodes.push(mark === '`' ? h('code', null, inner) : h(MARKS[mark], null, inline(inner)));
      i = end + 1;
    } else plain += text[i++];
  }
  flush();
  return nodes;
}

/** Index of the mark that closes the one at start: no space inside the marks, no letter outside. */
function closing(text, start) {
  const letter = /[\p{L}\p{N}]/u;
  if (start > 0 && letter.test(text[start - 1]) || !text[start + 1] || /\s/.test(text[start + 1]) || text[start + 1] === text[start]) return -1;
  for (let i = start + 2; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === text[start] && !/\s/.test(text[i - 1]) && !(text[i + 1] && letter.test(text[i + 1]))) return i;
  }
  return -1;
}

function links(text) {
  const nodes = [];
  for (let rest = text; rest;) {
    const found = LINK.exec(rest);
    if (!found) { nodes.push(rest); break; }
    if (found.index) nodes.push(rest.slice(0, found.index));
    nodes.push(link(found[0]));
    rest = rest.slice(found.index + found[0].length);
  }
  return nodes;
}

export const link = (url, words) => /^https?:\/\//i.test(url) ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, words ?? url) : h('span', null, words ?? url);
