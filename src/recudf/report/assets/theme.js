// Groups have a colour, a shape and a number, so that no one needs to tell colours apart.
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'rectRounded'];
const COLOURS = 8;
const redraws = [];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const shapeOf = (group) => SHAPES[group % SHAPES.length];
const colourOf = (group) => colour(`group-${group % COLOURS}`);

function mark(group) {
  const place = { class: `mark group-${group % COLOURS}`, viewBox: '-6 -6 12 12', 'aria-hidden': 'true' };
  const line = (d) => drawn('path', { d, class: 'line' });
  const shapes = {
    circle: () => drawn('circle', { r: 4.5 }),
    rect: () => drawn('rect', { x: -4, y: -4, width: 8, height: 8 }),
    triangle: () => drawn('path', { d: 'M0-5 5 4H-5Z' }),
    rectRot: () => drawn('path', { d: 'M0-5.5 5.5 0 0 5.5-5.5 0Z' }),
    star: () => line('M0-5V5M-5 0H5M-3.5-3.5 3.5 3.5M-3.5 3.5 3.5-3.5'),
    crossRot: () => line('M-4-4 4 4M-4 4 4-4'),
    rectRounded: () => drawn('rect', { x: -5, y: -3.5, width: 10, height: 7, rx: 3 }),
  };
  return drawn('svg', place, shapes[shapeOf(group)]());
}

const groupName = (group) => `${group + 1} · ${groups[group].name}`;
const groupLink = (group) =>
  el('span', { class: 'of-group' }, mark(group), link('group', groups[group].group_id, groupName(group)));

// Charts take their colours when they are drawn: again when the screen turns dark or light, and light on paper.
function drawnInTheme(draw) {
  redraws.push(draw);
  draw();
}
// Of many charts those are made that come near the screen, and all of them for paper. make: gives what draws one.
const unseen = new Map();
const look = new IntersectionObserver((seen) => seen.filter((at) => at.isIntersecting).forEach((at) => drawUnseen(at.target)), { rootMargin: '50%' });
function drawnWhenSeen(element, make) {
  unseen.set(element, make);
  look.observe(element);
}
function drawUnseen(element) {
  look.unobserve(element);
  const make = unseen.get(element);
  if (unseen.delete(element)) drawnInTheme(make());
}
const redraw = () => redraws.forEach((draw) => draw());
let unfolded = []; // for the paper alone
const onPaper = (is) => {
  document.documentElement.classList.toggle('paper', is);
  if (is) unfolded.push(...document.querySelectorAll('details:not([open])'));
  unfolded.forEach((details) => (details.open = is));
  if (!is) unfolded = [];
  if (is) [...unseen.keys()].forEach(drawUnseen);
  redraw();
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
addEventListener('beforeprint', () => onPaper(true));
addEventListener('afterprint', () => onPaper(false));

Chart.defaults.animation = false;
Chart.defaults.font.family = 'system-ui, sans-serif';
Chart.defaults.responsive = true;
Chart.defaults.maintainAspectRatio = false;
