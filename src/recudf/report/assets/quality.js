const METRICS = {
  ndcg: 'ndcg: hits, the nearer to the top the better',
  recall: 'recall: share of what the user took that was in the list',
  precision: 'precision: share of the list that the user took',
  hit_rate: 'hit rate: users with at least one hit',
  map: 'map: mean average precision',
  mrr: 'mrr: 1 / rank of the first hit',
  coverage: 'coverage: share of the items that anybody is shown',
  novelty: 'novelty: how unknown the items are, bits',
  diversity: 'diversity: how unlike the items of a list are',
  serendipity: 'serendipity: hits that popularity would not have shown',
  miscalibration: "miscalibration: how far from the user's mixture of categories; low is good",
  hit_share: 'hit share: share of all hits',
};

function qualitySection() {
  const place = body('quality');
  const rows = records(data.metrics).filter(({ metric }) => metric !== 'exposure');
  if (!rows.length) {
    place.append(hint('Not measured yet. Builds as of the past, compared with what users did next, tell:', command('evaluate')));
    return;
  }
  const distinct = (name, some = rows) => [...new Set(some.map((row) => row[name]))];
  const state = { metric: distinct('metric').includes('ndcg') ? 'ndcg' : rows[0].metric, k: String(rows[0].k), slice: 'all' };
  const table = el('div');
  const choosers = el('div', { class: 'choosers' });
  const draw = () => {
    const slices = distinct('slice', rows.filter(({ metric }) => metric === state.metric));
    if (!slices.includes(state.slice)) [state.slice] = slices;
    const set = (name) => (value) => { state[name] = value; draw(); };
    const focused = [...choosers.querySelectorAll('select')].indexOf(document.activeElement);
    choosers.replaceChildren(
      chooser('Metric', distinct('metric').map((name) => [name, METRICS[name] ?? name]), state.metric, set('metric')),
      chooser('List of', distinct('k').map((k) => [k, `${k} items`]), state.k, set('k')),
      chooser('Users or items', slices.map((slice) => [slice, slice]), state.slice, set('slice')));
    if (focused >= 0) choosers.querySelectorAll('select')[focused].focus();
    const some = rows.filter((row) => row.metric === state.metric && String(row.k) === state.k && row.slice === state.slice);
    table.replaceChildren(
      measured('Models, the best first', some.filter(({ baseline }) => baseline === 'none').sort((a, b) => b.value - a.value), false),
      measured('One model minus another, on the same users', some.filter(({ baseline }) => baseline !== 'none'), true));
  };
  place.append(
    el('p', {}, 'Measured by ', el('code', {}, 'recudf evaluate'), ` (split: ${rows[0].split}): what would have been recommended, against what users did next. ` +
      'A dot is the mean over users, its line the 95 % interval of a bootstrap over users. blend or learned is what users get; popular, recent popular and random are baselines on the same users.'),
    choosers, table);
  draw();
}

function measured(caption, rows, isDifference) {
  if (!rows.length) return '';
  const ends = rows.flatMap(({ value, ci_low: low, ci_high: high }) => [value, low ?? value, high ?? value]);
  const least = Math.min(0, ...ends);
  const most = Math.max(0, ...ends);
  const heads = [isDifference ? 'difference' : 'model', ['value', 'number'], ['95 % interval', 'number'], 'on a scale from 0', ['users', 'number wide']];
  if (isDifference) heads.push('verdict');
  return grid(caption, heads, rows.map(({ model, baseline, value, ci_low: low, ci_high: high, n_users: n }) => [
    isDifference ? `${model} − ${baseline}` : model,
    decimal(value),
    low === null ? '–' : `${decimal(low)} to ${decimal(high)}`,
    value === null ? '–' : interval(value, low, high, least, most),
    count(n),
    ...(isDifference ? [low === null ? '–' : low > 0 ? 'higher' : high < 0 ? 'lower' : 'may be luck'] : []),
  ]));
}

function exposureSection() {
  const place = body('exposure');
  const now = records(data.exposure);
  const all = now.reduce((sum, { recommendations }) => sum + recommendations, 0);
  if (!all) {
    place.append(hint('Nothing is recommended yet:', command('build')));
    return;
  }
  const likes = now.reduce((sum, row) => sum + row.likes, 0);
  const shares = now.map((row) => ({ ...row, liked: likes ? row.likes / likes : 0, given: row.recommendations / all }));
  const most = Math.max(...shares.flatMap(({ liked, given }) => [liked, given]));
  const tenth = (decile) => (decile === 1 ? '1 (most popular)' : String(decile));
  place.append(
    el('p', {}, 'The items that may be recommended, in tenths by how many people like them: the share of all likes beside the share of all recommendations. ' +
      'Where the second is much the larger, what is known is shown most.'),
    grid('Recommendations of this build', ['tenth of the items', ['items', 'number wide'], ['recommended', 'number wide'], 'share of likes', 'share of recommendations'],
      shares.map((row) => [
        tenth(row.decile), count(row.items), count(row.items_recommended),
        el('span', { class: 'with-bar' }, bar(row.liked, 0, most, 'second'), percent(row.liked, 1)),
        el('span', { class: 'with-bar' }, bar(row.given, 0, most), percent(row.given, 1)),
      ])));
  const rows = records(data.metrics).filter(({ metric, baseline }) => metric === 'exposure' && baseline === 'none');
  if (!rows.length) {
    place.append(hint('How other models would share out the places is measured by', command('evaluate')));
    return;
  }
  const k = Math.min(...rows.map((row) => row.k));
  const models = [...new Set(rows.map(({ model }) => model))];
  const cell = (decile, model) => rows.find((row) => row.k === k && row.model === model && row.slice === `popularity decile ${decile}`);
  place.append(grid(`Share of the attention that models give each tenth, in replays (lists of ${k}; the first places count more)`,
    ['tenth of the items', ...models.map((model) => [model, 'number'])],
    now.map(({ decile }) => [tenth(decile), ...models.map((model) => percent(cell(decile, model)?.value, 1))])));
}
