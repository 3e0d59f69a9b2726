// Canned replies: a slash at the beginning of a word in the composer opens the list, letters narrow it, Enter takes what is marked.
(() => {
  const Shown = 8;
  const started = new WeakSet();
  const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

  const start = (form, server) => {
    if (!form || started.has(form)) return;
    started.add(form);
    const box = form.querySelector('textarea');
    const list = document.createElement('ul');
    list.className = 'cannedbox';
    list.id = 'canned-box';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Canned replies');
    list.hidden = true;
    box.parentElement.prepend(list);
    const said = document.createElement('span');
    said.className = 'sr';
    said.setAttribute('role', 'status');
    box.parentElement.append(said);
    box.setAttribute('aria-controls', list.id);
    let all = null, found = [], at = 0;

    // What stands between the slash and the caret; null when the caret is in no such word.
    const asked = () => {
      const before = box.value.slice(0, box.selectionStart);
      const match = /(^|\s)\/([\p{L}\p{M}\p{Nd}_-]{0,32})$/u.exec(before);
      return match && box.selectionStart === box.selectionEnd ? { word: match[2], from: before.length - match[2].length - 1 } : null;
    };
    const close = () => { list.hidden = true; all = null; found = []; said.textContent = ''; box.removeAttribute('aria-activedescendant'); };
    const mark = () => {
      [...list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
      const marked = list.children[at];
      if (marked?.id) { box.setAttribute('aria-activedescendant', marked.id); marked.scrollIntoView({ block: 'nearest' }); }
      else box.removeAttribute('aria-activedescendant');
    };
    const show = word => {
      const wanted = plain(word);
      const begins = all.filter(reply => plain(reply.shortcut).startsWith(wanted));
      found = [...begins, ...all.filter(reply => !begins.includes(reply) && (plain(reply.shortcut) + ' ' + plain(reply.text)).includes(wanted))].slice(0, Shown);
      at = 0;
      if (found.length === 0 && wanted !== '' && all.length > 0) { list.hidden = true; return; }
      list.replaceChildren(...found.map((reply, i) => {
        const item = document.createElement('li');
        item.id = `canned-${i}`;
        item.setAttribute('role', 'option');
        const name = document.createElement('b');
        name.textContent = '/' + reply.shortcut;
        const text = document.createElement('span');
        text.textContent = reply.text;
        text.dir = 'auto';
        item.append(name, text);
        // Before the box loses the focus.
        item.addEventListener('pointerdown', e => { e.preventDefault(); at = i; take(); });
        return item;
      }));
      if (found.length === 0) {
        const none = document.createElement('li');
        none.className = 'none';
        none.setAttribute('role', 'option');
        none.setAttribute('aria-disabled', 'true');
        none.textContent = 'No canned replies yet. They are written under Canned replies in the inbox.';
        list.append(none);
      }
      list.hidden = false;
      said.textContent = found.length === 0 ? 'No canned replies yet' : `${found.length} canned ${found.length === 1 ? 'reply' : 'replies'}, arrow keys choose`;
      mark();
    };
    const look = async () => {
      const now = asked();
      if (!now) { close(); return; }
      if (all === null) {
        try { all = await server.invokeMethodAsync('CannedAsync'); } catch { all = null; return; }
      }
      const still = asked();
      if (still) show(still.word); else close();
    };
    const take = () => {
      const now = asked(), reply = found[at];
      close();
      if (!now || !reply) return;
      box.setRangeText(reply.text, now.from, box.selectionStart, 'end');
      box.dispatchEvent(new Event('input', { bubbles: true }));
      box.focus();
    };

    box.addEventListener('input', look);
    box.addEventListener('blur', () => { list.hidden = true; });
    box.addEventListener('keydown', e => {
      if (list.hidden || e.isComposing || e.ctrlKey || e.metaKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step && found.length) { at = (at + step + found.length) % found.length; mark(); }
      else if ((e.key === 'Enter' || e.key === 'Tab') && found.length) take();
      else if (e.key === 'Escape') { close(); e.stopPropagation(); }
      else return;
      e.preventDefault();
    });
    form.addEventListener('click', e => {
      if (!e.target.closest('[data-canned]')) return;
      box.focus();
      const before = box.value.slice(0, box.selectionStart);
      if (!asked()) { box.setRangeText((before === '' || /\s$/.test(before) ? '' : ' ') + '/', box.selectionStart, box.selectionEnd, 'end'); box.dispatchEvent(new Event('input', { bubbles: true })); }
      else look();
    });

    // The slash may have been typed before this had begun.
    if (document.activeElement === box) look();
  };

  window.aibotkitCanned = { start };
})();
