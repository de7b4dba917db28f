const moments = records(data.group_moments);
// the minute only where two moments are of one day
const stamp = new Set(moments.map(({ moment }) => day(moment))).size < moments.length ? minute : day;

// What is to be said of all groups, where there is nothing to be drawn of any.
function growthHint() {
  if (moments.length > 1) return [];
  const known = moments.length ? `there is one, ${day(moments[0].moment)}` : 'there is none';
  return [el('p', { class: 'quiet' }, `How groups grow is shown once builds have looked at them at two moments; so far ${known}.`)];
}

// How large a group was when: in words, as a chart, and each figure in a table.
function growth(group) {
  if (!group.history || moments.length < 2) return null;
  const rows = moments.map(({ moment, previous }, i) => ({
    moment,
    // the moment before may be a replay, which is not shown
    since: previous && previous !== moments[i - 1]?.moment ? ` since ${stamp(previous)}` : '',
    size: group.history.sizes[i],
    joined: group.history.joined[i],
    gone: group.history.gone[i],
  }));
  const there = rows.filter(({ size }) => size !== null);
  if (there.length < 2) return el('p', { class: 'quiet' }, `Its size is known of one moment, ${stamp(there[0].moment)}.`);
  const words = growthInWords(there[0], there.at(-1));
  return el('div', {},
    el('p', {}, el('b', {}, 'Over time: '), words),
    growthChart(group, rows, words),
    el('details', {}, el('summary', {}, 'Members at each moment'),
      grid('Members at each moment; joined and left since the moment before, – where they are few or nobody knows',
        ['moment', ['members', 'number'], ['joined', 'number'], ['left', 'number']],
        there.map(({ moment, since, size, joined, gone }) => [
          stamp(moment) + since, count(size), count(joined), count(gone),
        ]))));
}

function growthInWords(first, last) {
  const moved = last.joined === null ? '' : `; at the last moment ${count(last.joined)} had joined and ${count(last.gone)} left${last.since}`;
  return `from ${plural(first.size, 'member')} on ${stamp(first.moment)} to ${count(last.size)} on ${stamp(last.moment)}${moved}.`;
}

// The first and the last time, and of those between as many as have room for their words.
function readable(times, width) {
  const room = ((stamp === day ? 90 : 130) / width) * (times.at(-1) - times[0]);
  const kept = [times[0]];
  for (const time of times.slice(1, -1)) {
    if (time - kept.at(-1) >= room && times.at(-1) - time >= room) kept.push(time);
  }
  return [...kept, times.at(-1)];
}

function growthChart(group, rows, words) {
  const canvas = el('canvas', { role: 'img', 'aria-label': `Members of ${groupName(group.index)}: ${words}` });
  const element = el('div', { class: 'growth' }, canvas);
  const times = rows.map(({ moment }) => Date.parse(`${moment}Z`));
  const label = ({ dataIndex }) => {
    const { size, joined, gone } = rows[dataIndex];
    return [plural(size, 'member'), ...(joined === null ? [] : [`${count(joined)} joined, ${count(gone)} left`])];
  };
  drawnWhenSeen(element, () => {
    const chart = new Chart(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        plugins: {
          legend: { display: false },
          tooltip: { displayColors: false, callbacks: { title: ([{ dataIndex }]) => stamp(rows[dataIndex].moment), label } },
        },
        scales: {
          x: {
            type: 'linear',
            min: times[0],
            max: times.at(-1),
            afterBuildTicks: (axis) => { axis.ticks = readable(times, axis.chart.width).map((value) => ({ value })); },
            ticks: { autoSkip: false, maxRotation: 0, callback: (value) => stamp(new Date(value).toISOString()) },
          },
          y: { beginAtZero: true, ticks: { precision: 0 } },
        },
      },
    });
    return () => {
      for (const axis of Object.values(chart.options.scales)) {
        axis.grid = { color: colour('rule') };
        axis.ticks = { ...axis.ticks, color: colour('quiet') };
      }
      chart.data.datasets = [{
        data: rows.map(({ size }, i) => ({ x: times[i], y: size })),
        borderColor: colourOf(group.index),
        backgroundColor: colourOf(group.index),
        borderWidth: 2,
        pointStyle: shapeOf(group.index),
        pointRadius: 4,
        clip: false,
      }];
      chart.resize();
      chart.update('none');
    };
  });
  return element;
}
