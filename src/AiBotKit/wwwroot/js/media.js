// Files of messages: a picture large, the wave of a sound as it really is.
(() => {
  // --- the original of a picture, over the page; a browser without dialogs or a click with a key downloads it ---
  document.addEventListener('click', e => {
    const link = e.target.closest?.('a.pic[data-full]');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0 || !window.HTMLDialogElement) return;
    e.preventDefault();
    const make = (name, more) => Object.assign(document.createElement(name), more);
    const box = make('dialog', { className: 'lightbox' });
    box.setAttribute('aria-label', link.dataset.full);
    const close = make('button', { type: 'button', textContent: 'Close', autofocus: true });
    const bar = make('div', {});
    bar.append(make('b', { textContent: link.dataset.full }), make('a', { href: link.href, download: '', textContent: 'Download' }), close);
    box.append(bar, make('img', { src: link.href, alt: link.dataset.full }));
    close.addEventListener('click', () => box.close());
    box.addEventListener('click', one => { if (one.target === box) box.close(); });
    box.addEventListener('close', () => { box.remove(); link.focus(); });
    document.body.append(box);
    box.showModal();
  });

  // --- the wave: decoded by this browser when it comes into sight; what it cannot decode has none ---
  const bars = 47, most = 4 * 1024 * 1024;
  const drawn = new Map();
  const heights = async address => {
    const answer = await fetch(address);
    if (!answer.ok || Number(answer.headers.get('content-length')) > most) return null;
    const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await answer.arrayBuffer());
    const data = sound.getChannelData(0), step = Math.max(1, Math.floor(data.length / bars));
    const loud = Array.from({ length: bars }, (_, bar) => {
      let sum = 0;
      for (let i = bar * step; i < Math.min(data.length, (bar + 1) * step); i++) sum += data[i] * data[i];
      return Math.sqrt(sum / step);
    });
    const top = Math.max(...loud);
    return top > 0 ? loud.map(one => Math.max(0.08, one / top)) : null;
  };
  const svg = (name, more) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(more)) made.setAttribute(key, value);
    return made;
  };
  const inSight = new IntersectionObserver(seen => { for (const one of seen) if (one.isIntersecting) { inSight.unobserve(one.target); one.target.draw(); } });
  customElements.define('sound-wave', class extends HTMLElement {
    connectedCallback() { inSight.observe(this); }
    disconnectedCallback() { inSight.unobserve(this); }
    async draw() {
      const address = this.getAttribute('src');
      if (!drawn.has(address)) drawn.set(address, heights(address).catch(() => null));
      const loud = await drawn.get(address);
      const player = this.parentElement?.querySelector('audio');
      if (!loud || !player) { this.hidden = true; return; }
      const picture = svg('svg', { viewBox: `0 0 ${bars * 5 - 2} 28`, preserveAspectRatio: 'none' });
      const rects = loud.map((one, bar) => svg('rect', { x: bar * 5, y: 14 - 13 * one, width: 3, height: 26 * one, rx: 1.5 }));
      picture.append(...rects);
      this.replaceChildren(picture);
      this.dataset.drawn = 'yes';
      player.addEventListener('timeupdate', () => {
        const at = player.duration > 0 ? player.currentTime / player.duration * bars : 0;
        rects.forEach((rect, bar) => rect.classList.toggle('d', bar < at));
      });
      // The player has the keys; the wave is only a second way for a pointer.
      picture.addEventListener('click', e => {
        const box = picture.getBoundingClientRect();
        if (player.duration > 0) { player.currentTime = player.duration * (e.clientX - box.left) / box.width; player.play(); }
      });
    }
  });
})();
