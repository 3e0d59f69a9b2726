// The composer: what is typed stays in this browser until the server has stored it, whatever happens to the page or the line.
(() => {
  const Limit = 4096;
  const read = key => { try { return JSON.parse(sessionStorage.getItem(key)) ?? {}; } catch { return {}; } };
  const keep = (key, draft) => { try { draft.text || draft.id ? sessionStorage.setItem(key, JSON.stringify(draft)) : sessionStorage.removeItem(key); } catch { /* Private windows may refuse: then the box alone holds it. */ } };
  // One name for one request: when its answer is lost, the same text sent again is the same request and is stored once.
  const request = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
  const started = new WeakMap();
  const keyOf = form => `draft:${form.dataset.writer}:${form.dataset.composer}`;
  // The form is on the page a moment before the circuit has started it: what is sent in that moment waits for the start.
  const early = new Set();

  const start = (form, server, focus) => {
    // The circuit names a form that is gone again by nothing.
    if (!form) return null;
    if (started.has(form)) return started.get(form).resume();
    const box = form.querySelector('textarea');
    const left = form.querySelector('[data-left]');
    const problem = form.querySelector('.cbad');
    const key = keyOf(form);
    const draft = read(key);
    const state = { busy: false };
    started.set(form, state);

    const shape = () => {
      if (!CSS.supports('field-sizing', 'content')) { box.style.height = 'auto'; box.style.height = `${box.scrollHeight}px`; }
      const over = box.value.length - Limit;
      left.textContent = over > 0 ? `${over} characters too many` : over > -200 ? `${-over} characters left` : '';
      left.classList.toggle('bad', over > 0);
      form.toggleAttribute('data-typed', box.value.trim() !== '');
    };
    // The others see that somebody writes here: told at the first key, then at most every two seconds, and when the box is empty again.
    let told = 0;
    const tell = () => {
      const typed = box.value.trim() !== '';
      if (typed ? Date.now() - told < 2000 : told === 0) return;
      told = typed ? Date.now() : 0;
      server.invokeMethodAsync('Typed', typed).catch(() => { });
    };
    const put = text => { box.value = text; draft.text = text; delete draft.request; keep(key, draft); shape(); };
    // The AI's draft goes by its id, whatever is made of it: the server says whether what is sent is that draft still.
    const forget = () => { delete draft.id; delete draft.offered; delete draft.own; put(''); };
    state.put = put;
    state.forget = forget;
    state.offer = (text, id) => {
      const own = box.value.trim() && box.value !== draft.offered ? box.value : draft.own;
      Object.assign(draft, { id, offered: text, own });
      put(text);
      box.focus();
      return !!own;
    };
    state.back = () => { const own = draft.own ?? ''; forget(); put(own); box.focus(); };
    state.resume = () => draft.id ? { id: draft.id, own: !!draft.own } : null;
    state.idle = () => { state.busy = false; form.removeAttribute('aria-busy'); };

    const send = async () => {
      const text = box.value;
      if (state.busy || form.dataset.closed) return;
      if (!text.trim() || text.length > Limit) { box.focus(); return; }
      state.busy = true;
      form.setAttribute('aria-busy', 'true');
      draft.request ??= request();
      keep(key, draft);
      try {
        if (await server.invokeMethodAsync('SendAsync', text, draft.request, draft.id ?? null)) {
          // What was typed while it was on its way is the beginning of the next message.
          const rest = box.value.startsWith(text) ? box.value.slice(text.length).trimStart() : box.value;
          forget();
          put(rest);
          tell();
        }
      } catch {
        // The line is down, and the page says so; the text and its request are kept.
      } finally {
        state.idle();
      }
    };

    state.send = send;
    box.addEventListener('input', () => { if (form.dataset.drafting) server.invokeMethodAsync('WritesAsync').catch(() => {}); put(box.value); tell(); });
    form.addEventListener('click', e => {
      const offered = e.target.closest('[data-draft]');
      if (!offered) return;
      put(box.value.trim() ? `${box.value.trimEnd()}\n\n${offered.dataset.draft}` : offered.dataset.draft);
      box.focus();
    });

    // Typed before this script had begun: it is the person's own as well.
    if (box.value && box.value !== draft.text) put(box.value); else box.value = draft.text ?? '';
    shape();
    if (/Mac|iP(hone|ad)/.test(navigator.platform)) { const how = form.querySelector('#reply-how'); how.textContent = how.textContent.replace('Ctrl', 'Cmd'); }
    window.aibotkitCanned.start(form, server);
    if (focus && !form.dataset.closed) box.focus();
    if (early.delete(key)) send();
    return state.resume();
  };

  const submit = (form, e) => {
    e.preventDefault();
    if (started.has(form)) started.get(form).send(); else early.add(keyOf(form));
  };
  document.addEventListener('submit', e => { if (e.target.matches('[data-composer]')) submit(e.target, e); });
  document.addEventListener('keydown', e => {
    if (!e.defaultPrevented && e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.isComposing && e.target.matches?.('[data-composer] textarea')) submit(e.target.form, e);
  });
  // What is typed in that moment goes on from what was kept, and is kept as well.
  const unstarted = e => e.target.matches?.('[data-composer] textarea') && !started.has(e.target.form) ? e.target : null;
  document.addEventListener('focusin', e => { const box = unstarted(e); if (box && !box.value) box.value = read(keyOf(box.form)).text ?? ''; });
  document.addEventListener('input', e => {
    const box = unstarted(e);
    if (!box) return;
    const { request: _, ...kept } = read(keyOf(box.form));
    keep(keyOf(box.form), { ...kept, text: box.value });
    early.delete(keyOf(box.form));
  });

  // An answer that the broken line swallowed never comes: let the person send again, under the same name.
  document.addEventListener('components-reconnect-state-changed', e => {
    if (e.detail.state === 'hide') document.querySelectorAll('[data-composer]').forEach(form => started.get(form)?.idle());
  }, true);

  // A message to the circuit holds only so much, and nobody may send that much anyway.
  const draft = form => (form?.querySelector('textarea').value ?? '').slice(0, 4 * Limit);
  const clear = form => started.get(form)?.forget();

  const offer = (form, text, id) => started.get(form)?.offer(text, id) ?? false;
  const back = form => started.get(form)?.back();
  window.aibotkitComposer = { start, draft, clear, offer, back };
})();
