// The provider's sign-up in its frame. What a message says is only believed when it comes from exactly the allowed origin and from exactly this frame;
// and then it is still a hint, which the server proves at the provider.
export function show(dialog, owner) {
  dialog.addEventListener('cancel', e => { e.preventDefault(); owner.invokeMethodAsync('OnEscape'); });
  dialog.showModal();
}

export function listen(frame, owner, origin, state) {
  const text = value => typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : null;
  const hear = e => {
    if (e.origin !== origin || e.source !== frame.contentWindow) return;
    let message = e.data;
    if (typeof message === 'string') {
      try { message = JSON.parse(message); } catch { return; }
    }

    if (!message || typeof message !== 'object') return;
    const own = message.type === 'PINNACLE_EMBEDDED_SIGNUP';
    if (!own && message.type !== 'WA_EMBEDDED_SIGNUP') return;
    // Meta's own messages, relayed, know nothing of our state.
    if (own && message.state !== state) return;
    const data = message.data && typeof message.data === 'object' ? message.data : {};
    owner.invokeMethodAsync('OnSignupEvent', text(message.event), text(data.current_step), text(data.error_code ?? data.error_id), text(data.error_message));
  };
  window.addEventListener('message', hear);
  return { stop: () => window.removeEventListener('message', hear) };
}
