// Starts the page.
import { $, icon, put } from './dom.js';
import { addCustomer, burst, jump, jumpBack, more } from './actions.js';
import * as chat from './chat.js';
import * as composer from './composer.js';
import * as customers from './customers.js';
import * as faults from './faults.js';
import { listen } from './live.js';
import { markSeen, now, on, select, store, tell } from './store.js';
import { ago, hm } from './words.js';
import * as wire from './wire.js';

const root = document.documentElement;
const narrow = matchMedia('(max-width: 860px)');

function theme() {
  const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem('theme');
  if (asked === 'dark' || asked === 'light') root.dataset.theme = asked;
  $('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    localStorage.setItem('theme', root.dataset.theme);
  });
}

function panel(open) {
  document.body.dataset.screen = open ? 'panel' : 'phone';
  $('panelopen').setAttribute('aria-expanded', String(open));
  // On a small screen the panel covers the phone, so the rest must not take the focus.
  const covered = open && narrow.matches;
  for (const one of document.querySelectorAll('.simtop, .cust, .stage')) one.inert = covered;
  if (narrow.matches) (open ? $('panelclose') : $('panelopen')).focus();
}

function tab(name) {
  for (const [button, page] of [['tabf', 'pfaults'], ['tabw', 'pwire']]) {
    const on = button === name;
    $(button).setAttribute('aria-selected', String(on));
    $(button).tabIndex = on ? 0 : -1;
    $(page).hidden = !on;
  }
  $('alloff').hidden = name !== 'tabf';
  if (name === 'tabw') tell('tab');
}

function tabs() {
  for (const name of ['tabf', 'tabw']) {
    $(name).addEventListener('click', () => tab(name));
    $(name).addEventListener('keydown', event => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const other = name === 'tabf' ? 'tabw' : 'tabf';
      tab(other);
      $(other).focus();
    });
  }
}

function top() {
  if (store.dashboardUrl) $('dash').href = store.dashboardUrl;
  $('back').hidden = Math.abs(store.jump) < 1;
  put($('back'), icon('back', 'sm'), `Back from ${ago(Math.abs(store.jump) * 1000)} ahead`);
}

theme();
tabs();
customers.start();
chat.start();
composer.start();
wire.start(() => tab('tabw'));
faults.start(wire.short);
on('state', top);
$('panelopen').addEventListener('click', () => panel(true));
$('panelclose').addEventListener('click', () => panel(false));
$('panel').addEventListener('keydown', event => { if (event.key === 'Escape' && narrow.matches) panel(false); });
narrow.addEventListener('change', () => panel(false));
$('addcustomer').addEventListener('click', addCustomer);
$('burst').addEventListener('click', burst);
$('jump').addEventListener('click', jump);
$('back').addEventListener('click', jumpBack);
$('pmore').addEventListener('click', more);
document.addEventListener('visibilitychange', markSeen);
const clock = () => { $('pclock').textContent = hm(now()); };
setInterval(clock, 1000);
clock();
// A customer in the address is the one to show.
store.current = location.hash ? decodeURIComponent(location.hash.slice(1)) : null;
addEventListener('hashchange', () => { const key = decodeURIComponent(location.hash.slice(1)); if (key && key !== store.current) select(key); });
listen();
