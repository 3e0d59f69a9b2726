// The simulated sign-up: sign in, pick a number, allow, finish. Tells the page around it what happened, in the way that the switches ask for.
import { h, put, $ } from './dom.js';

const query = new URLSearchParams(location.search);
const state = query.get('state') ?? '';
const opener = query.get('origin') ?? '';
const steps = ['BUSINESS_ACCOUNT_SELECTION', 'WABA_PHONE_PROFILE_PICKER', 'PERMISSIONS'];
const answer = await fetch('/embedded-signup/numbers');
const { behaviour, numbers, cancelSteps } = await answer.json();
let picked = numbers[0];

const wait = ms => new Promise(done => setTimeout(done, ms));

/** Posts an event to the page around; the last one as the switches say. */
function tell(event, data, last = false) {
  const own = behaviour.otherState && last ? 'somebody-elses-state' : state;
  const message = behaviour.asMeta
    ? { type: 'WA_EMBEDDED_SIGNUP', event, version: '3', data }
    : { type: 'PINNACLE_EMBEDDED_SIGNUP', event, state: own, data };
  const sent = behaviour.asText ? JSON.stringify(message) : message;
  if (last && behaviour.foreign) {
    // A frame of another origin inside this one speaks to the outermost page, as an attacker's could.
    document.body.append(h('iframe', { hidden: true, sandbox: 'allow-scripts', src: '/embedded-signup/foreign#' + encodeURIComponent(JSON.stringify(sent)) }));
    return;
  }

  for (let i = 0; i < (behaviour.twice ? 2 : 1); i++) parent.postMessage(sent, opener || '*');
}

// What a person may choose here and a test sets by PUT /sim/signup: the words, and what they change.
const ends = [
  ['Finished', { outcome: 'finish' }],
  ['Finished, but no number chosen', { outcome: 'only-account' }],
  ['Finished, number stays in the phone app', { outcome: 'phone-app' }],
  ['An error of the page', { outcome: 'error' }],
  ['Cancelled because of an error', { outcome: 'cancel-error' }],
  ['Nothing is said', { outcome: 'silent' }],
  ...cancelSteps.map(at => [`Left at ${at}`, { outcome: 'cancel', cancelAt: at }]),
  ['Exchange answers 502 once', { exchange: '502-once' }],
  ['Exchange answers 502 for good', { exchange: '502' }],
  ['Exchange gives another number\'s key', { exchange: 'wrong-key' }],
  ['The key cannot be proved once', { exchange: 'unproved-once' }],
];

async function choose(change) {
  Object.assign(behaviour, change);
  await fetch('/sim/signup', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(behaviour) });
}

function endings() {
  const now = ends.findIndex(([, change]) => Object.entries({ outcome: 'finish', cancelAt: null, exchange: 'ok', ...change }).every(([name, value]) => (behaviour[name] ?? null) === value));
  return h('details', { class: 'ends' }, h('summary', {}, 'Test: how it ends'),
    h('label', { class: 'field' }, h('span', {}, 'Sign-up ends with'),
      h('select', { class: 'in', onchange: e => choose({ outcome: 'finish', cancelAt: null, exchange: 'ok', ...ends[e.target.value][1] }) }, ...ends.map(([words], i) => h('option', { value: i, selected: i === now }, words)))),
    h('label', {}, h('input', { type: 'checkbox', checked: behaviour.asMeta, onchange: e => choose({ asMeta: e.target.checked }) }), ' Said in Meta\'s form'),
    h('label', {}, h('input', { type: 'checkbox', checked: behaviour.asText, onchange: e => choose({ asText: e.target.checked }) }), ' Said as text'));
}

const cancel = at => h('button', { class: 'btn', type: 'button', onclick: () => { tell('CANCEL', { current_step: steps[at] }, true); done('Cancelled', 'You can close this window.'); } }, 'Cancel');
const next = (words, act) => h('button', { class: 'btn primary', type: 'button', onclick: act }, words);
const note = h('p', { class: 'note' }, 'This is the simulator. Nothing leaves this machine.');

function show(at, title, ...content) {
  if (at !== null) tell('STEP', { current_step: steps[at] });
  put($('step'), h('h1', { tabindex: '-1' }, title), ...content, note);
  $('step').querySelector('h1').focus();
}

function signIn() {
  show(0, 'Sign in to Meta Business',
    h('p', {}, 'Any name will do here.'),
    h('label', { class: 'field' }, h('span', {}, 'Email'), h('input', { class: 'in', value: 'owner@tidewick.example', autocomplete: 'off' })),
    h('div', { class: 'acts' }, cancel(0), next('Continue', pick)), endings());
}

function pick() {
  show(1, 'Which number should customers write to?',
    h('p', {}, `Your business has ${numbers.length} ${numbers.length === 1 ? 'number' : 'numbers'}.`),
    ...numbers.map(one => h('label', { class: 'opt' },
      h('input', { type: 'radio', name: 'number', value: one.phoneNumberId, checked: one === picked, onchange: () => { picked = one; } }),
      h('span', { class: 'grow' }, h('b', { class: 'num' }, '+' + one.displayPhoneNumber), h('small', {}, `${one.name} · ${one.elsewhere ? 'used at another provider' : 'ready'}`)))),
    h('div', { class: 'acts' }, cancel(1), h('button', { class: 'btn', type: 'button', onclick: signIn }, 'Back'), next('Continue', allow)));
}

function allow() {
  show(2, 'Let AI Bot Kit use this number?',
    h('ul', {}, h('li', {}, 'Send and receive messages of this number'), h('li', {}, 'Read its name and quality')),
    h('div', { class: 'acts' }, cancel(2), h('button', { class: 'btn', type: 'button', onclick: pick }, 'Back'), next('Allow', finish)));
}

async function finish() {
  if (behaviour.outcome === 'cancel') {
    tell('CANCEL', { current_step: behaviour.cancelAt }, true);
    done('Cancelled', 'You can close this window.');
    return;
  }

  if (behaviour.outcome === 'only-account') {
    tell('FINISH_ONLY_WABA', { waba_id: picked.wabaId, business_id: '400000000000001' }, true);
    done('All set', 'The account has no number yet.');
    return;
  }

  const trouble = { error_message: 'Something went wrong on our side.', error_id: '524126', session_id: 'sim', timestamp: String(Math.floor(Date.now() / 1000)) };
  if (behaviour.outcome === 'cancel-error') {
    tell('CANCEL', trouble, true);
    done('Something went wrong', 'Close this window and try again.');
    return;
  }

  await fetch('/embedded-signup/choose', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ state, phoneNumberId: picked.phoneNumberId }) });
  if (behaviour.slowMs) await wait(behaviour.slowMs);
  const ids = { waba_id: picked.wabaId, phone_number_id: picked.phoneNumberId, display_phone_number: picked.displayPhoneNumber, business_id: '400000000000001' };
  if (behaviour.outcome === 'error') {
    tell('ERROR', trouble, true);
    done('Something went wrong', 'Close this window and try again.');
  } else if (picked.elsewhere && picked.obstacles.length) {
    tell('MIGRATION_REQUIRED', { ...ids, error_code: picked.obstacles[0] }, true);
    done('This number is at another provider', 'Follow the steps beside this window.');
  } else {
    if (behaviour.outcome !== 'silent') tell(behaviour.outcome === 'phone-app' ? 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' : 'FINISH', ids, true);
    done('All set', 'You can close this window.');
  }
}

function done(title, words) {
  show(null, title, h('p', {}, words));
}

signIn();
