const FLAGS = {
  bots: ['bot-like users', 'too many events in a minute or a day: left out of fits and metrics'],
  users_without_vector: ['users without a vector', 'nothing speaks of their taste: they get what is popular'],
  users_undated: ['users of whom nothing is dated', 'recency does not count for them'],
  items_without_title: ['items without title', 'named by their ids'],
  items_without_category: ['items without category', 'in no category of interests'],
  items_by_reviews: ['items known by what is written about them', 'without title and description'],
  items_without_vector: ['items without a vector', 'nothing is written of them: only popularity recommends them'],
  items_cut: ['items whose text is cut', 'longer than the encoder reads'],
  items_liked_by_nobody: ['items that nobody likes', 'new, or unloved'],
  items_unavailable: ['items that may not be recommended', 'by date or blocklist'],
  events_dropped: ['events dropped in cleaning', 'doubles, unknown ids, impossible times'],
  texts_dropped: ['texts dropped in cleaning', 'empty, doubles, impossible times'],
};

function overview() {
  const { about, counts } = data;
  const [run] = records(data.runs);
  document.getElementById('title').textContent = about.database;
  document.getElementById('about').append(
    counts.as_of ? `As of ${minute(counts.as_of)} UTC` : 'Nothing in the inputs is dated',
    run ? `, built ${minute(run.started_at)} UTC with the encoder ${run.encoder}.` : '.',
    ' This file holds all it shows and opens no connection.',
  );
  const tiles = [
    ['users', counts.users],
    ['items', counts.items],
    ['events', counts.events],
    ['texts', counts.texts],
    ['groups', counts.groups],
    ['interests', counts.interests],
    ['recommendations', counts.recommendations],
  ];
  const flags = records(data.flags).filter((flag) => flag.number);
  const unknown = run?.unknown_share;
  body('overview').append(
    el('ul', { class: 'tiles' }, tiles.map(([name, value]) => el('li', {}, el('b', {}, count(value)), el('span', {}, name)))),
    el('p', {}, counts.first_event_at
      ? `Events from ${day(counts.first_event_at)} to ${day(counts.last_event_at)}.`
      : 'No event is dated.'),
    flags.length
      ? grid('What to know about the data', ['what', ['how many', 'number'], ['share', 'number'], ['what it means', 'wide']],
          flags.map(({ flag, number, of_all: all }) =>
            [FLAGS[flag][0], count(number), percent(number / all, 1), FLAGS[flag][1]]))
      : el('p', {}, 'Nothing is missing, strange or dropped.'),
    ...(unknown > 0.0005 ? [el('p', {}, `The encoder does not know ${percent(unknown, 1)} of the characters of the texts.`)] : []),
  );
}
