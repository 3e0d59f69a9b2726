// A small emoji picker: arrows move, Enter takes, Escape closes.
import { $, h, put } from './dom.js';

const GROUPS = {
  Faces: '😀 😃 😄 😁 😅 😂 🤣 😊 🙂 😉 😍 😘 😋 😜 🤔 🤨 😐 🙄 😏 😴 😷 🤒 🥳 😎 🤓 😕 😟 😮 😳 🥺 😢 😭 😡 🤬 🥶 🤯',
  Hands: '👍 👎 👌 ✌️ 🤞 👏 🙌 🙏 💪 👋 🤝 👉 👈 ✋ 🫶 ✍️',
  Things: '☕ 🫘 🍞 🥐 🎂 🍕 🛍 📦 🚚 🏠 🕐 📅 📞 💬 📷 🎁 💳 💶 🔑 🧾',
  Signs: '❤️ 💚 💙 💔 ✨ 🔥 🎉 ⭐ ✅ ❌ ❗ ❓ ⚠️ 💯 🇪🇸 🇮🇳 🇬🇧 🇺🇸',
};

export function start(insert) {
  const box = $('emoji');
  const button = $('emojib');
  put(box, Object.entries(GROUPS).map(([name, list]) => h('section', { 'aria-label': name }, list.split(' ').map(one => h('button', { type: 'button', tabindex: '-1', onclick: () => insert(one) }, one)))));
  const all = [...box.querySelectorAll('button')];
  all[0].tabIndex = 0;
  const toggle = open => {
    box.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) (box.querySelector('[tabindex="0"]') ?? all[0]).focus(); else $('pmi').focus();
  };
  button.addEventListener('click', () => toggle(box.hidden));
  box.addEventListener('keydown', event => {
    if (event.key === 'Escape') { toggle(false); return; }
    const columns = Math.max(1, Math.floor(box.querySelector('section').clientWidth / all[0].offsetWidth));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    const index = all.indexOf(document.activeElement);
    if (!step || index < 0) return;
    event.preventDefault();
    const next = all[Math.min(all.length - 1, Math.max(0, index + step))];
    all[index].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  document.addEventListener('pointerdown', event => {
    if (!box.hidden && !box.contains(event.target) && !button.contains(event.target)) { box.hidden = true; button.setAttribute('aria-expanded', 'false'); }
  });
}
