// What reaches somebody who looks elsewhere: the number of waiting conversations in the title, a tone, a notification of the browser.
(() => {
  // --- what was switched on, kept in this browser for each person ---
  const usual = { sound: false, browser: false, title: true, text: true, waiting: true, assigned: true, written: true };
  let person = '';
  const place = () => 'notices:' + person;
  const read = () => { try { return { ...usual, ...JSON.parse(localStorage.getItem(place())) }; } catch { return { ...usual }; } };
  const write = changed => localStorage.setItem(place(), JSON.stringify({ ...read(), ...changed }));

  // --- the title of every page begins with how many wait; the icon has a dot; who wants neither switches both off ---
  let waiting = 0;
  let written = { node: null, data: '', plain: '' };
  const badge = () => {
    const node = [...document.querySelector('head > title')?.childNodes ?? []].find(one => one.nodeType === Node.TEXT_NODE && one.data.trim() !== '');
    if (!node) return;
    // The circuit owns this text and writes it anew at each page: only what we wrote ourselves is taken away again.
    const plain = node === written.node && node.data === written.data ? written.plain : node.data;
    const shown = read().title ? waiting : 0;
    const data = shown > 0 ? `(${shown > 99 ? '99+' : shown}) ${plain}` : plain;
    if (node.data !== data) node.data = data;
    written = { node, data, plain };
    const icon = document.querySelector('link[rel="icon"]');
    if (!icon) return;
    icon.dataset.plain ??= icon.getAttribute('href');
    const href = shown > 0 ? icon.dataset.waiting : icon.dataset.plain;
    if (href && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
  };
  new MutationObserver(badge).observe(document.head, { childList: true, characterData: true, subtree: true });
  customElements.define('waiting-count', class extends HTMLElement {
    static observedAttributes = ['value'];
    attributeChangedCallback(name, before, value) { waiting = Number(value) || 0; badge(); }
    disconnectedCallback() { if (!document.querySelector('waiting-count')) { waiting = 0; badge(); } }
  });

  // --- the switches ---
  const shows = () => 'Notification' in window && Notification.permission === 'granted';
  const isOn = () => { const now = read(); return now.sound || (now.browser && shows()); };
  let refused = '';
  const why = () => {
    if (refused) return refused;
    if (!('Notification' in window)) return isSecureContext ? 'This browser cannot show notifications of a page.' : 'Browsers show notifications only of pages that come over https. The sound works here.';
    if (Notification.permission === 'denied') return 'Your browser refuses notifications of this page. Allow them in its site settings (the sign beside the address), then switch them on here.';
    return '';
  };

  const paint = () => {
    const bell = document.querySelector('.bell');
    if (!bell) return;
    const now = read();
    const browser = now.browser && shows();
    for (const one of document.querySelectorAll('#notices [data-notice]')) {
      const on = one.dataset.notice === 'browser' ? browser : now[one.dataset.notice];
      if (one.type === 'checkbox') one.checked = on; else one.setAttribute('aria-checked', String(on));
    }
    const reason = document.getElementById('notices-why');
    reason.textContent = why();
    reason.hidden = reason.textContent === '';
    const state = now.sound && browser ? 'Sound and notifications are on' : now.sound ? 'Sound is on' : browser ? 'Notifications are on' : 'Sound and notifications are off';
    bell.dataset.on = now.sound || browser ? 'yes' : 'no';
    bell.setAttribute('aria-label', state);
    bell.title = state;
  };

  let watch = null;
  const changed = () => { paint(); badge(); watch?.invokeMethodAsync('OnSwitchedAsync', isOn()).catch(() => { }); };
  addEventListener('storage', e => { if (e.key === place()) changed(); });

  // The browser is asked for its permission only here, by the switch itself.
  const toggleBrowser = async on => {
    refused = '';
    if (on && 'Notification' in window && Notification.permission !== 'granted') await Notification.requestPermission();
    if (on && 'Notification' in window && Notification.permission === 'default') refused = 'Nothing was allowed yet: switch on again and choose “Allow” when your browser asks.';
    write({ browser: on && shows() });
    changed();
  };
  document.addEventListener('click', e => {
    const one = e.target.closest?.('#notices [role="switch"]');
    if (!one) return;
    const on = one.getAttribute('aria-checked') !== 'true';
    if (one.dataset.notice === 'browser') { toggleBrowser(on); return; }
    write({ [one.dataset.notice]: on });
    changed();
    if (on) tone(true);
  });
  document.addEventListener('change', e => {
    if (!e.target.matches?.('#notices input[data-notice]')) return;
    write({ [e.target.dataset.notice]: e.target.checked });
    changed();
  });
  document.addEventListener('beforetoggle', e => {
    if (e.target.id !== 'notices' || e.newState !== 'open') return;
    const at = document.querySelector('.bell').getBoundingClientRect();
    e.target.style.top = `${Math.round(at.bottom + 6)}px`;
    e.target.style.left = `${Math.round(Math.max(12, Math.min(at.left - 12, innerWidth - Math.min(340, innerWidth - 24) - 12)))}px`;
    paint();
  }, true);

  // --- the tone: two short sines, made here ---
  const wait = ms => new Promise(done => setTimeout(done, ms));
  let audio = null;
  let sounded = 0;
  const tone = async trial => {
    if (!trial && Date.now() - sounded < 2000) return;
    audio ??= new AudioContext();
    // A browser lets a page sound only after somebody has clicked in it.
    if (audio.state !== 'running') await Promise.race([audio.resume(), wait(300)]);
    if (audio.state !== 'running') return;
    if (!trial) sounded = Date.now();
    for (const [pitch, at] of [[659, 0], [880, 0.13]]) {
      const [sine, volume, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime + at];
      sine.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.32);
      sine.connect(volume).connect(audio.destination);
      sine.start(start);
      sine.stop(start + 0.34);
    }
  };

  // --- each event once in a browser, however many tabs are open, and never what somebody is looking at ---
  const told = 'notices-told';
  const take = key => {
    let keys;
    try { keys = JSON.parse(localStorage.getItem(told)) ?? []; } catch { keys = []; }
    if (keys.includes(key)) return false;
    localStorage.setItem(told, JSON.stringify([...keys, key].slice(-200)));
    return true;
  };
  // What one tab stores another reads a moment later: until then the lock itself says that it is taken. Over plain http there are no locks; there two tabs could at
  // worst sound at once, and the tag still makes one notification of two.
  const claim = key => new Promise(done => {
    if (!navigator.locks) { done(take(key)); return; }
    navigator.locks.request('aibotkit-' + key, { ifAvailable: true }, lock => {
      const mine = lock !== null && take(key);
      done(mine);
      return mine ? wait(60_000) : null;
    });
  });
  const isSeen = id => document.visibilityState === 'visible' && document.hasFocus() && location.pathname.startsWith(`/conversations/${id}`);
  const tabs = new BroadcastChannel('aibotkit-notices');
  tabs.addEventListener('message', e => { if (e.data?.ask && isSeen(e.data.ask)) tabs.postMessage({ seen: e.data.ask }); });
  const isSeenElsewhere = id => new Promise(done => {
    const hear = e => { if (e.data?.seen === id) { tabs.removeEventListener('message', hear); done(true); } };
    tabs.addEventListener('message', hear);
    tabs.postMessage({ ask: id });
    setTimeout(() => { tabs.removeEventListener('message', hear); done(false); }, 150);
  });
  const open = id => {
    window.focus();
    const path = `/conversations/${id}`;
    if (window.Blazor?.navigateTo) Blazor.navigateTo(path); else location.assign(path);
  };
  const tell = async one => {
    const now = read();
    if (!now[one.kind]) return;
    // A tab that nobody has touched may not sound: one that may goes first.
    if (now.sound && !navigator.userActivation?.hasBeenActive) await wait(400);
    if (isSeen(one.conversation) || await isSeenElsewhere(one.conversation)) { await claim(one.key); return; }
    if (!await claim(one.key)) return;
    if (now.browser && shows()) {
      try {
        const shown = new Notification(one.title, { body: now.text ? one.text : '', tag: one.key, icon: '/favicon.svg', silent: true });
        shown.onclick = () => { shown.close(); open(one.conversation); };
      } catch { refused = 'This browser shows notifications only of installed apps. The sound works here.'; paint(); }
    }
    if (now.sound) await tone();
  };

  window.aibotkit.notices = {
    paint,
    start: (watcher, who) => { watch = watcher; person = who ?? ''; paint(); badge(); return isOn(); },
    show: notices => { for (const one of notices) tell(one); },
  };
})();
