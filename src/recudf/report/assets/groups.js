function groupsSection() {
  const place = body('groups');
  if (!groups.length) {
    place.append(hint('There are no groups: they need users with vectors, as many as the var min_group_size. After more data:', command('build')));
    return;
  }
  place.append(
    el('p', {}, 'Found by what people like (spherical k-means over their vectors and interests). The words set a group apart from all others; ' +
      'cohesion is the mean likeness (cosine) of the members to its centre, 1 at most.'),
    ...growthHint(),
    el('div', { class: 'cards' }, groups.map(groupCard)),
  );
}

function groupCard(group) {
  const shares = group.interests.map(({ interest, members, share, lift }) => [
    interests[interest].name,
    el('span', { class: 'with-bar' }, bar(share, 0, 1), percent(share)),
    `${decimal(lift, 1)} ×`,
    ...(periods.length ? [movement(interests[interest])] : []),
  ]);
  const heads = ['interest', 'members', 'against all', ...(periods.length ? [['all users over time', 'wide']] : [])];
  return el('article', { class: 'card', id: `group-${group.index}`, tabindex: -1 },
    el('h3', {}, mark(group.index), groupName(group.index)),
    group.summary ? el('p', {}, group.summary) : null,
    el('p', { class: 'quiet' },
      `${plural(group.size, 'member')}, ${percent(group.size / data.counts.users)} of all users; cohesion ${decimal(group.cohesion, 2)}`),
    el('p', {}, el('b', {}, 'Words: '), group.words ?? '–'),
    growth(group),
    shares.length
      ? grid('What more of its members than of others care about', heads, shares)
      : el('p', { class: 'quiet' }, 'No deep interest stands out: its members have few events.'),
    group.users.length
      ? el('p', {}, el('b', {}, 'Most typical: '), joined(group.users.map(({ user }) => link('user', users[user].user_id, users[user].user_id))))
      : null,
    group.items.length
      ? el('p', {}, el('b', {}, 'Most recommended to them: '), joined(group.items.map(({ title, item_id: id, members }) =>
          el('span', {}, items.some((item) => item.item_id === id) ? link('item', id, title ?? id) : (title ?? id), ` (${count(members)})`))))
      : null,
  );
}

const movement = (interest) =>
  (interest.trend ? sparkline(interest.trend.shares, `${interest.name}: ${trendInWords(interest)}`) : '–');

const joined = (elements) => elements.flatMap((element, i) => (i ? [', ', element] : [element]));

function trendInWords(interest) {
  const { shares } = interest.trend;
  return `from ${percent(shares[0])} of the active users in ${monthOf(0)} to ${percent(shares.at(-1))} in ${monthOf(shares.length - 1)}`;
}
const monthOf = (i) => periods[i].slice(0, 7);
