// Voice notes: play, pause, progress. One at a time.
import { h, icon, put, s } from './dom.js';
import { hash, minutes } from './words.js';

const BARS = 26;
let playing = null;

export function voice(message, address, time, tick) {
  const bars = wave(message.id);
  const length = h('span', { class: 'num' }, '0:00');
  const button = h('button', { class: 'pl', type: 'button', 'aria-label': 'Play voice note' }, icon('play'));
  const sound = new Audio();
  sound.preload = 'metadata';
  if (address) sound.src = address;
  const draw = () => {
    const share = sound.duration > 0 && Number.isFinite(sound.duration) ? sound.currentTime / sound.duration : 0;
    bars.forEach((bar, index) => bar.classList.toggle('d', index < share * BARS));
    length.textContent = minutes(sound.currentTime > 0 || !Number.isFinite(sound.duration) ? sound.currentTime : sound.duration);
    put(button, icon(sound.paused ? 'play' : 'pause'));
    button.setAttribute('aria-label', sound.paused ? 'Play voice note' : 'Pause voice note');
  };
  for (const name of ['loadedmetadata', 'timeupdate', 'play', 'pause']) sound.addEventListener(name, draw);
  sound.addEventListener('ended', () => { sound.currentTime = 0; draw(); });
  sound.addEventListener('error', () => { button.disabled = true; length.textContent = 'Not there any more'; });
  button.addEventListener('click', () => {
    if (playing && playing !== sound) playing.pause();
    playing = sound;
    if (sound.paused) sound.play().catch(() => { button.disabled = true; }); else sound.pause();
  });
  return [h('div', { class: 'vrow' }, button, s('svg', { class: 'wave', viewBox: `0 0 ${BARS * 5 - 2} 24`, 'aria-hidden': 'true' }, bars)),
    h('span', { class: 'pt' }, length, h('span', { class: 'grow' }), h('time', { datetime: message.at }, time), tick)];
}

/** The shape is drawn from the id: the same message always looks the same. */
function wave(id) {
  const seed = hash(id);
  return Array.from({ length: BARS }, (_, index) => {
    const height = 4 + Math.round(Math.abs(Math.sin(index * 0.55 + seed % 97) * Math.cos(index * 0.23 + seed % 31)) * 18);
    return s('rect', { x: index * 5, y: 12 - height / 2, width: 3, height, rx: 1.5 });
  });
}
