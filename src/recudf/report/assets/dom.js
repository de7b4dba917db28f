// Elements by name, attributes and children. Texts become text nodes: nothing of the data is ever read as HTML.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function drawn(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const body = (section) => document.querySelector(`#${section} > .body`);
const whole = new Intl.NumberFormat('en');
const count = (value) => (value === null || value === undefined ? '–' : whole.format(value));
// -0.0004 in three places is 0.000
const decimal = (value, places = 3) =>
  value === null || value === undefined ? '–' : value.toFixed(places).replace(/^-(?=[0.]+$)/, '');
const percent = (value, places = 0) =>
  value === null || value === undefined ? '–' : `${(100 * value).toFixed(places)} %`;
const day = (time) => (time ? time.slice(0, 10) : '–');
const minute = (time) => (time ? time.slice(0, 16).replace('T', ' ') : '–');
// too few to be told of are NULL
const plural = (number, one, many = `${one}s`) =>
  (number === null || number === undefined ? `few ${many}` : `${count(number)} ${number === 1 ? one : many}`);

function tell(text) {
  document.getElementById('told').textContent = text;
}

// What to run where a section has nothing to show.
function hint(text, command) {
  return el('p', { class: 'hint' }, text, command ? ' ' : null, command ? el('code', {}, command) : null);
}

// heads: texts, or [text, class]; rows: lists of cells, which are texts or elements.
function grid(caption, heads, rows) {
  const classes = heads.map((head) => (Array.isArray(head) ? head[1] : null));
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, heads.map((head, i) =>
        el('th', { scope: 'col', class: classes[i] }, Array.isArray(head) ? head[0] : head)))),
      el('tbody', {}, rows.map((row) =>
        el('tr', {}, row.map((cell, i) =>
          el(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null, class: classes[i] }, cell))))),
    ),
  );
}

// A bar from zero, of a value between low and high; negative ones go to the left.
function bar(value, low, high, kind = '') {
  const span = high - low || 1;
  const filled = el('span', { class: `filled ${kind}` });
  filled.style.left = `${(100 * (Math.min(value, 0) - low)) / span}%`;
  filled.style.width = `${(100 * Math.abs(value)) / span}%`;
  return el('span', { class: 'bar-track', 'aria-hidden': 'true' }, filled);
}

// A value as a dot on its interval; a line stands at zero where values differ in sign.
function interval(value, low, high, least, most) {
  const place = (x) => `${(100 * (x - least)) / (most - least || 1)}%`;
  const parts = [];
  if (low !== null && high !== null) {
    const range = el('span', { class: 'range' });
    range.style.left = place(low);
    range.style.width = `${(100 * (high - low)) / (most - least || 1)}%`;
    parts.push(range);
  }
  if (least < 0) {
    const zero = el('span', { class: 'zero' });
    zero.style.left = place(0);
    parts.push(zero);
  }
  const dot = el('span', { class: 'dot' });
  dot.style.left = place(value);
  return el('span', { class: 'interval', 'aria-hidden': 'true' }, ...parts, dot);
}

function sparkline(values, label) {
  const most = Math.max(...values, 1e-9);
  const points = values.map((value, i) =>
    `${((100 * i) / Math.max(values.length - 1, 1)).toFixed(1)},${(22 - (20 * value) / most).toFixed(1)}`);
  return drawn('svg', { class: 'spark', viewBox: '0 0 100 24', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    drawn('polyline', { points: points.join(' '), fill: 'none', 'vector-effect': 'non-scaling-stroke' }));
}

function chooser(label, options, chosen, change) {
  const select = el('select', { onchange: () => change(select.value) },
    options.map(([value, text]) => el('option', { value, selected: String(value) === String(chosen) }, text)));
  return el('label', { class: 'chooser' }, label, ' ', select);
}
