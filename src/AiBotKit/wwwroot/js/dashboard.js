// Everything the browser does by itself: theme before the first paint, the viewer's time zone, keys, and keeping one's place in the timeline.
(() => {
  const root = document.documentElement;
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const cookie = name => document.cookie.split('; ').find(c => c.startsWith(name + '='))?.slice(name.length + 1) ?? '';
  const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
  let themeWatcher = null;

  const choice = () => cookie('theme') === 'light' || cookie('theme') === 'dark' ? cookie('theme') : 'system';
  const isDark = () => choice() === 'system' ? systemDark.matches : choice() === 'dark';
  const paint = () => {
    root.dataset.theme = isDark() ? 'dark' : 'light';
    keep('scheme', root.dataset.theme);
    themeWatcher?.invokeMethodAsync('OnSchemeChanged', isDark());
  };
  systemDark.addEventListener('change', paint);
  paint();

  // The IANA name, and the offset for a server without time zone data.
  keep('zone', encodeURIComponent(`${Intl.DateTimeFormat().resolvedOptions().timeZone ?? ''}~${-new Date().getTimezoneOffset()}`));

  // --- timeline: follow at the bottom, never move what is being read ---
  const followers = new WeakMap();
  const follow = box => {
    if (!box || followers.has(box)) return;
    const list = box.querySelector('ol');
    const pill = box.parentElement.querySelector('.latest');
    let atEnd = true, height = box.scrollHeight, first = list.firstElementChild?.dataset.key, missed = 0;
    const toEnd = () => { box.scrollTop = box.scrollHeight; };
    const near = () => box.scrollHeight - box.scrollTop - box.clientHeight < 48;
    const show = () => {
      if (!pill) return;
      pill.hidden = atEnd;
      pill.querySelector('b').textContent = missed > 0 && !atEnd ? String(missed) : '';
    };
    box.addEventListener('scroll', () => { atEnd = near(); if (atEnd) missed = 0; show(); }, { passive: true });
    pill?.addEventListener('click', () => { missed = 0; toEnd(); });
    const settle = changes => {
      const now = list.querySelector('[data-key]')?.dataset.key;
      if (atEnd) toEnd();
      else if (now !== first) box.scrollTop += box.scrollHeight - height;
      else for (const c of changes ?? []) for (const n of c.addedNodes) if (c.target === list && n.nodeType === 1 && n.classList.contains('msg')) missed++;
      first = now; height = box.scrollHeight; show();
    };
    const watcher = new MutationObserver(settle);
    watcher.observe(list, { childList: true, subtree: true });
    new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(box);
    followers.set(box, watcher);
    first = list.querySelector('[data-key]')?.dataset.key;
    // Opened at a message that was found: there, not at the end.
    const wanted = new URLSearchParams(location.search).get('at');
    const found = /^\d+$/.test(wanted ?? '') && list.querySelector(`[data-key="m${wanted}"]`);
    if (found) { found.classList.add('sought'); found.scrollIntoView({ block: 'center' }); atEnd = near(); show(); }
    else { toEnd(); show(); }
    document.fonts?.ready.then(() => { if (atEnd) toEnd(); });
  };

  // --- the list: live at its top, held while somebody reads further down ---
  const watchTop = (box, list) => {
    if (!box) return;
    let atTop = true;
    box.addEventListener('scroll', () => {
      const now = box.scrollTop < 40;
      if (now !== atTop) { atTop = now; list.invokeMethodAsync('OnTopAsync', atTop).catch(() => { }); }
    }, { passive: true });
  };

  // --- single keys, only outside text fields; can be switched off ---
  const keysOn = () => localStorage.getItem('keys') !== 'off';
  const typing = t => t instanceof Element && t.closest('input, textarea, select, [contenteditable=""], [contenteditable="true"]');
  const rows = () => [...document.querySelectorAll('.rowi a')];
  const move = step => {
    const all = rows();
    if (!all.length) return;
    let at = all.indexOf(document.activeElement);
    if (at < 0) at = all.findIndex(a => a.closest('[aria-current]'));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  const press = selector => { const found = [...document.querySelectorAll(selector)].filter(e => e.offsetParent !== null || getComputedStyle(e).position === 'fixed'); found.at(-1)?.click(); return found.length > 0; };
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (typing(e.target)) {
      if (e.key === 'Escape') e.target.blur();
      // From the search straight into what it found.
      if ((e.key === 'ArrowDown' || e.key === 'Enter') && e.target.closest('.list .search') && rows().length) { e.preventDefault(); rows()[0].focus(); }
      return;
    }
    if (e.key === 'Escape') {
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      if (press('.why [data-esc]')) return;
      if (location.pathname.endsWith('/contact')) document.querySelector('.phead [data-esc]')?.click();
      else if (location.pathname.startsWith('/conversations/')) document.querySelector('.chead [data-esc]')?.click();
      return;
    }
    if (!keysOn()) return;
    switch (e.key) {
      case 'j': move(1); break;
      case 'k': move(-1); break;
      case 'w': press('.whyb[aria-controls]'); break;
      case 'r': document.querySelector('.composer[data-closed] .lockrow, .composer:not([data-closed]) textarea')?.focus(); break;
      case 't': document.querySelector('[data-take]')?.click(); break;
      case '/': document.querySelector('.search input')?.focus(); break;
      case '?': document.getElementById('keys')?.showModal(); break;
      default: return;
    }
    e.preventDefault();
  });

  // Who works here uses the session, though all of it goes by the circuit: a request says so, at most once a minute and only after a real hand. What the circuit hears by itself
  // (what a script answers, a picture that came in) is no work, nor is being open.
  let used = Date.now();
  const use = e => {
    if (!e.isTrusted || Date.now() - used < 60_000 || !document.querySelector('.rail')) return;
    used = Date.now();
    fetch('/api/account', { redirect: 'manual' }).catch(() => { });
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) document.addEventListener(kind, use, { capture: true, passive: true });

  // The clipboard is there only over https or on this machine; elsewhere the old command copies a selection.
  const put = (text, beside) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement('textarea');
    field.value = text; field.className = 'sr';
    (beside.closest('dialog') ?? document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove(); beside.focus();
    return done ? Promise.resolve() : Promise.reject();
  };

  // A form without a method is the circuit's. Sent before there is one, it would reload the page and lose what was typed.
  document.addEventListener('submit', e => { if (!e.target.hasAttribute('method')) e.preventDefault(); });

  document.addEventListener('click', e => {
    const opener = e.target.closest?.('[data-open]');
    if (opener) { document.querySelectorAll('[popover]:popover-open').forEach(p => p.hidePopover()); document.getElementById(opener.dataset.open)?.showModal(); }
    if (e.target.closest?.('[data-close]')) e.target.closest('dialog')?.close();
    if (e.target.closest?.('[data-try]')) document.getElementById('try')?.classList.toggle('open');
    if (e.target.closest?.('[data-print]')) print();
    const copy = e.target.closest?.('[data-copy]');
    if (copy) put(copy.dataset.copy, copy).then(() => { copy.dataset.done = 'yes'; setTimeout(() => delete copy.dataset.done, 2000); }, () => {});
    if (e.target.closest?.('#reconnect-reload')) location.reload();
  });
  document.addEventListener('change', e => {
    if (e.target.id === 'keys-on') localStorage.setItem('keys', e.target.checked ? 'on' : 'off');
  });
  document.addEventListener('toggle', e => {
    if (e.target.id === 'keys') document.getElementById('keys-on').checked = keysOn();
  }, true);

  // --- the connection to the server is shown, never hidden (Blazor sets these states) ---
  document.addEventListener('components-reconnect-state-changed', e => {
    const bar = document.getElementById('components-reconnect-modal');
    if (!bar) return;
    const state = e.detail.state;
    if (state === 'hide') { delete bar.dataset.state; return; }
    bar.dataset.state = state;
    if (state === 'rejected') location.reload();
    // Closed because the session ended? Then there is nothing to reconnect to: the page anew leads to where this browser may go now.
    else fetch('/api/account', { redirect: 'manual' }).then(answer => { if (answer.status === 401 || answer.status === 403) location.reload(); }).catch(() => { });
  }, true);

  window.aibotkit = {
    follow,
    setTheme: value => { keep('theme', value); paint(); return isDark(); },
    themeChoice: choice,
    // Called by the circuit when it has taken over the page.
    live: () => { root.dataset.live = 'yes'; },
    watchTheme: watcher => { themeWatcher = watcher; root.dataset.live = 'yes'; return isDark(); },
    // What the circuit named may be gone by now: a page that says nothing then is better than one that stops.
    openDialog: dialog => dialog && (dialog.open || dialog.showModal()),
    closeDialog: dialog => dialog?.close(),
    showCurrent: () => document.querySelector('.botnav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    text: box => new TextEncoder().encode(box.value.slice(0, 2000001)),
    clear: box => { if (box) box.value = ''; },
    closeTry: () => document.getElementById('try')?.classList.remove('open'),
    watchTop,
    toTop: box => { if (box) box.scrollTop = 0; },
    address: query => history.replaceState(history.state, '', location.pathname + query),
    toEnd: box => { if (box) box.scrollTop = box.scrollHeight; },
    focus: selector => document.querySelector(selector)?.focus(),
  };
})();
