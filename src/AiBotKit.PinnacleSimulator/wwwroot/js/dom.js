// Elements are built here and nowhere else; text only ever becomes a text node.
const SVG = 'http://www.w3.org/2000/svg';

/** h('p', {class: 'a', onclick: f}, 'text', child, null): null and false are skipped. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  set(element, props);
  add(element, children);
  return element;
}

export function s(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, props);
  add(element, children);
  return element;
}

export function icon(name, size = '') {
  return s('svg', { class: `i ${size}`.trim(), 'aria-hidden': 'true' }, s('use', { href: `#i-${name}` }));
}

export function put(parent, ...children) {
  parent.replaceChildren();
  add(parent, children);
  return parent;
}

export const $ = id => document.getElementById(id);

function set(element, props) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

function add(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A modal sheet or dialog; Escape and the cross close it, focus returns by itself. */
export function sheet(title, ...content) {
  const opener = document.activeElement;
  const box = h('dialog', { class: 'sheet', 'aria-label': title },
    h('header', null, h('h2', { class: 'grow' }, title),
      h('button', { type: 'button', class: 'ib', 'aria-label': 'Close', onclick: () => box.close() }, icon('x'))),
    ...content);
  box.addEventListener('click', event => { if (event.target === box) box.close(); });
  box.addEventListener('close', () => { box.remove(); opener?.focus?.({ preventScroll: true }); });
  document.body.append(box);
  box.showModal();
  return box;
}

/** A sheet with fields; resolves with their values, or null when closed. */
export function ask(title, fields, verb) {
  return new Promise(resolve => {
    let answer = null;
    const form = h('form', { class: 'askform', method: 'dialog' },
      fields.map(field => h('label', { class: 'field' }, h('span', null, field.label),
        h(field.rows ? 'textarea' : 'input', {
          class: 'in', name: field.name, value: field.rows ? null : field.value, rows: field.rows, type: field.rows ? null : field.type ?? 'text',
          required: field.required, placeholder: field.placeholder, step: field.step, autocomplete: 'off',
        }, field.rows ? field.value : null), field.hint && h('small', null, field.hint))),
      h('div', { class: 'acts end' }, h('button', { class: 'btn primary', type: 'submit' }, verb)));
    form.addEventListener('submit', () => { answer = Object.fromEntries(new FormData(form)); });
    const box = sheet(title, form);
    box.addEventListener('close', () => resolve(answer));
    form.querySelector('input,textarea')?.focus();
  });
}

/** A sheet of buttons: [{icon, label, hint, run}]. */
export function choose(title, items) {
  const box = sheet(title, h('ul', { class: 'choices' }, items.filter(Boolean).map(item => h('li', null,
    h('button', { type: 'button', onclick: () => { box.close(); item.run(); } },
      h('span', { class: 'tile' }, icon(item.icon)), h('span', { class: 'grow' }, h('b', null, item.label), item.hint && h('small', null, item.hint)))))));
  return box;
}

let toastTimer = 0;
export function toast(words) {
  const box = $('toast');
  box.textContent = words;
  box.classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('on'), 5000);
}
