const hiddenOnMap = new Set();

function labels(chart, places) {
  // group numbers where their members are, on a disc, so that they can be read over points
  const { ctx } = chart;
  ctx.save();
  ctx.font = '700 13px system-ui, sans-serif';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  places.filter(({ group }) => !hiddenOnMap.has(group)).forEach(({ group, x, y }) => {
    const at = { x: chart.scales.x.getPixelForValue(x), y: chart.scales.y.getPixelForValue(y) };
    ctx.beginPath();
    ctx.arc(at.x, at.y, 12, 0, 2 * Math.PI);
    ctx.fillStyle = colour('paper');
    ctx.fill();
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = colourOf(group);
    ctx.stroke();
    ctx.fillStyle = colour('ink');
    ctx.fillText(String(group + 1), at.x, at.y + 1);
  });
  ctx.restore();
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function mapSection() {
  const place = body('map');
  if (!data.map) {
    place.append(hint('Fewer than three users and items have vectors: with texts or item descriptions there is a map.'));
    return;
  }
  const points = [
    ...data.map.items.map(([index, x, y]) => ({ x, y, kind: 'item', index, group: null })),
    ...data.map.users.map(([index, x, y]) => ({ x, y, kind: 'user', index, group: users[index].group })),
  ];
  const labelled = groups
    .map(({ index }) => {
      const members = points.filter(({ group }) => group === index);
      return { group: index, members, x: median(members.map(({ x }) => x)), y: median(members.map(({ y }) => y)) };
    })
    .filter(({ members }) => members.length > 0);
  const canvas = el('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-label': 'Map of users and items. Arrow keys go to the next point in that direction, Enter shows it below.',
  });
  const legend = el('div', { class: 'legend', role: 'group', 'aria-label': 'Shown on the map' });
  const toggle = (key, ...content) => {
    const button = el('button', { type: 'button', 'aria-pressed': 'true', onclick: () => {
      const hide = !hiddenOnMap.has(key);
      hiddenOnMap[hide ? 'add' : 'delete'](key);
      button.setAttribute('aria-pressed', String(!hide));
      redraw();
    } }, ...content);
    legend.append(button);
  };
  groups.forEach(({ index, size }) => toggle(index, mark(index), el('span', {}, groupName(index)), el('small', {}, count(size))));
  if (points.some(({ kind, group }) => kind === 'user' && group === null)) toggle(null, el('span', { 'aria-hidden': 'true' }, '–'), el('span', {}, 'users of no group'));
  toggle('items', el('span', { class: 'item-mark', 'aria-hidden': 'true' }), el('span', {}, 'items'));
  place.append(
    el('p', {},
      `${plural(data.map.users.length, 'user')} of ${count(data.counts.users)} (${users.length === data.counts.users ? 'all with a vector' : whyTheseUsers()}) and ` +
      `${plural(data.map.items.length, 'item')} of ${count(data.counts.items)}, those that most people like. ` +
      'What is near each other is alike in meaning, but a plane cannot hold all of it: the two axes (principal ' +
      `components of the vectors) have ${percent(data.map.explained)} of what sets them apart. A number stands amid the members of its group.`),
    legend,
    el('div', { class: 'map' }, canvas),
    el('p', { id: 'map-point', class: 'quiet' }, 'Point at a mark, or go there with the arrow keys; click or press Enter to see more.'),
  );

  const chart = new Chart(canvas, {
    type: 'scatter',
    data: { datasets: [] },
    options: {
      scales: { x: { display: false, ...around(points.map(({ x }) => x)) }, y: { display: false, ...around(points.map(({ y }) => y)) } },
      plugins: { legend: { display: false }, tooltip: { displayColors: false, callbacks: {
        title: ([{ raw }]) => nameOf(raw),
        label: ({ raw }) => saidOf(raw),
      } } },
      onClick: (event, [hit]) => hit && open(chart.data.datasets[hit.datasetIndex].data[hit.index]),
    },
    plugins: [{ id: 'numbers', afterDatasetsDraw: (drawing) => labels(drawing, labelled) }],
  });
  drawnInTheme(() => {
    const set = (of, options) => ({ data: points.filter(of), clip: false, ...options });
    const kinds = [set(({ kind }) => kind === 'item', {
      hidden: hiddenOnMap.has('items'), pointRadius: 2.5, pointHitRadius: 3, backgroundColor: colour('item'), borderWidth: 0,
      pointHoverRadius: 7, pointHoverBackgroundColor: colour('ink') })];
    kinds.push(set(({ kind, group }) => kind === 'user' && group === null, {
      hidden: hiddenOnMap.has(null), pointRadius: 4, pointStyle: 'line', borderColor: colour('quiet') }));
    groups.forEach(({ index }) => kinds.push(set(({ group }) => group === index, {
      hidden: hiddenOnMap.has(index),
      pointRadius: 5,
      pointHoverRadius: 8,
      pointStyle: shapeOf(index),
      backgroundColor: `${colourOf(index)}b0`,
      borderColor: colourOf(index),
      borderWidth: 1.5,
    })));
    chart.data.datasets = kinds;
    chart.options.plugins.tooltip.backgroundColor = colour('ink');
    chart.options.plugins.tooltip.titleColor = colour('paper');
    chart.options.plugins.tooltip.bodyColor = colour('paper');
    chart.resize();
    chart.update('none');
  });
  walkWithKeys(chart, canvas);
}

// Ends of an axis that leave some room at both.
function around(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.07 * (most - least) || 1;
  return { min: least - room, max: most + room };
}

const nameOf = ({ kind, index }) => (kind === 'user' ? `user ${users[index].user_id}` : items[index].name);
function saidOf({ kind, index, group }) {
  if (kind === 'item') return [items[index].category, `${plural(items[index].users, 'user')} like it`].filter(Boolean);
  return [group === null ? 'of no group' : `group ${groupName(group)}`, users[index].top_interests].filter(Boolean);
}
function open({ kind, index }) {
  location.hash = `${kind}=${encodeURIComponent(kind === 'user' ? users[index].user_id : items[index].item_id)}`;
}

function walkWithKeys(chart, canvas) {
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  let here = null;
  const shown = () => chart.data.datasets.flatMap((dataset, datasetIndex) =>
    dataset.hidden ? [] : dataset.data.map((point, index) => ({ ...point, at: { datasetIndex, index } })));
  const show = (next) => {
    here = next;
    const element = chart.getDatasetMeta(next.at.datasetIndex).data[next.at.index];
    chart.setActiveElements([next.at]);
    chart.tooltip.setActiveElements([next.at], { x: element.x, y: element.y });
    chart.update('none');
    document.getElementById('map-point').textContent = [nameOf(next), ...saidOf(next)].join(' · ');
    tell([nameOf(next), ...saidOf(next)].join(', '));
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && here) return open(here);
    const way = WAYS[event.key];
    if (!way) return undefined;
    event.preventDefault();
    const from = here ?? { x: 0, y: 0 };
    const ahead = shown()
      .map((point) => ({ point, along: (point.x - from.x) * way[0] + (point.y - from.y) * way[1],
        aside: Math.abs((point.x - from.x) * way[1]) + Math.abs((point.y - from.y) * way[0]) }))
      .filter(({ along, aside }) => along > 0 && aside <= along)
      .sort((a, b) => a.along + a.aside - b.along - b.aside);
    return ahead.length ? show(ahead[0].point) : undefined;
  });
}
