const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [14, 4]];

function interestsSection() {
  const place = body('interests');
  const common = interests.filter((interest) => interest.is_common);
  if (!common.length) {
    place.append(hint('No interest has a name yet: they come from items and texts. After more data:', command('build')));
    return;
  }
  const dated = common.filter((interest) => interest.trend);
  const chosen = new Set([...dated].sort((a, b) => (change(b) ?? 0) - (change(a) ?? 0)).slice(0, 3).map(({ index }) => index));
  const table = el('div', { class: 'tall' });
  let order = dated.length ? 'change' : 'held';
  let kind = '';
  let chart = null;
  const draw = () => table.replaceChildren(interestTable(
    common.filter((interest) => !kind || interest.kind === kind), order, dated.length ? chosen : null, () => chart.draw()));
  const kinds = [...new Set(common.map((interest) => interest.kind))];
  const plurals = { topic: 'topics', field: 'fields', category: 'categories' };
  place.append(el('p', {}, `The ${count(common.length)} topics, fields and categories that most users hold. ` +
    'A topic is items and texts alike in meaning, a field some topics that lie near each other, a category comes with the items. ' +
    'The change is that of the share of active users, in percentage points: the last three periods against the three before.'));
  if (dated.length) {
    chart = trendChart(chosen);
    place.append(chart.element);
  } else {
    place.append(hint('Nothing is dated, so nothing rises or falls: give interactions.occurred_at, load and build again.', command('build')));
  }
  place.append(
    el('div', { class: 'choosers' },
      chooser('Show', [['', 'all'], ...kinds.map((name) => [name, plurals[name] ?? name])], '', (value) => { kind = value; draw(); }),
      chooser('Order by', [['change', 'change'], ['held', 'users who hold them'], ['name', 'name']], order, (value) => { order = value; draw(); })),
    table,
  );
  draw();
}

function interestTable(rows, order, chosen, changed) {
  const by = {
    change: (a, b) => (change(b) ?? -9) - (change(a) ?? -9),
    held: (a, b) => b.users_held - a.users_held,
    name: (a, b) => a.name.localeCompare(b.name),
  };
  const heads = ['interest', ['kind', 'wide'], ['held by users', 'number'], ["of a user's likes, on average", 'number wide']];
  if (chosen) heads.push(['change', 'number'], 'trend', ['in the chart', 'screen']);
  return grid('Interests', heads, [...rows].sort((a, b) => by[order](a, b) || a.index - b.index).map((interest) => [
    interest.name,
    interest.kind,
    count(interest.users_held),
    percent(interest.population_share, 1),
    ...(chosen ? trendCells(interest, chosen, changed) : []),
  ]));
}

function trendCells(interest, chosen, changed) {
  const moved = change(interest);
  if (!interest.trend) return ['–', '–', '–'];
  const box = el('input', { type: 'checkbox', 'aria-label': `${interest.name} in the chart`, checked: chosen.has(interest.index),
    onchange: () => {
      chosen[box.checked ? 'add' : 'delete'](interest.index);
      changed();
    } });
  return [
    moved === null ? '–' : `${moved >= 0 ? '▲' : '▼'} ${decimal(Math.abs(100 * moved), 1)}`,
    sparkline(interest.trend.shares, trendInWords(interest)),
    box,
  ];
}

function trendChart(chosen) {
  const canvas = el('canvas', { role: 'img', 'aria-label': 'Shares of the active users by period, of the interests that are chosen in the table below.' });
  const legend = el('ul', { class: 'legend' });
  const element = el('div', {}, legend, el('div', { class: 'trend' }, canvas));
  const chart = new Chart(canvas, {
    type: 'line',
    data: { labels: periods.map((period) => period.slice(0, 7)), datasets: [] },
    options: {
      interaction: { mode: 'index', intersect: false },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: ({ dataset, parsed }) => `${dataset.label}: ${percent(parsed.y, 1)}` } } },
      scales: { y: { beginAtZero: true, ticks: { callback: (value) => percent(value) } }, x: {} },
    },
  });
  const draw = () => {
    const shown = [...chosen].map((index) => interests[index]);
    chart.data.datasets = shown.map((interest, i) => ({
      label: interest.name,
      data: interest.trend.shares,
      borderColor: colourOf(i),
      backgroundColor: colourOf(i),
      borderDash: DASHES[i % DASHES.length],
      borderWidth: 2,
      pointStyle: shapeOf(i),
      pointRadius: 4,
      tension: 0.2,
    }));
    legend.replaceChildren(...shown.map((interest, i) => el('li', {}, mark(i), `${interest.name} (${interest.kind})`)));
    for (const axis of Object.values(chart.options.scales)) {
      axis.grid = { color: colour('rule') };
      axis.ticks = { ...axis.ticks, color: colour('quiet') };
    }
    chart.resize();
    chart.update('none');
  };
  drawnInTheme(draw);
  return { element, draw };
}
