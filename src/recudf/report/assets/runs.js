function runsSection() {
  const place = body('runs');
  const runs = records(data.runs);
  if (!runs.length) {
    place.append(hint('No build has written down what it took:', command('build')));
    return;
  }
  const most = Math.max(...runs.map(({ seconds }) => seconds));
  place.append(grid('The last builds',
    ['started, UTC', 'seconds', ['texts embedded', 'number'], ['reused', 'number wide'], ['users', 'number'], ['items', 'number'],
      ['events', 'number wide'], ['as of', 'wide'], ['encoder', 'wide']],
    runs.map((run) => [
      minute(run.started_at),
      el('span', { class: 'with-bar' }, bar(run.seconds, 0, most), run.is_unchanged ? `${decimal(run.seconds, 1)}, nothing had changed` : decimal(run.seconds, 1)),
      count(run.texts_embedded), count(run.texts_reused), count(run.users), count(run.items), count(run.interactions),
      minute(run.as_of), `${run.encoder} on ${run.device}`,
    ])));
}
