const LAYERS = {
  deep: 'All along (deep)',
  middle: 'Around it (middle)',
  surface: 'Lately (surface)',
};
const MORE = ['rule', 'feeling'];
const PARTS = {
  content: 'like what the user likes',
  popularity: 'popular',
  recent_popularity: 'popular lately',
  category: 'of categories the user likes',
  weights: 'goes with what the user likes',
  sequence: 'often comes after it',
  factors: 'liked by people alike',
};
// The name of a part for people: `content_recent` weighs the last things most, `content_short` counts for short histories.
function partName(part) {
  const [, stem, suffix] = /^(.*?)(_recent|_short)?$/.exec(part);
  if (PARTS[part] || !PARTS[stem]) return PARTS[part] ?? part.replaceAll('_', ' ');
  return `${PARTS[stem]}, ${suffix === '_recent' ? 'lately' : 'few events'}`;
}

function whyTheseUsers() {
  const named = users.filter(({ chosen }) => chosen === 'named').length;
  if (users.length === data.counts.users) return 'all';
  const others = 'five typical ones of each group and a fixed random sample of the others';
  return named ? `${plural(named, 'user')} asked for, ${others}` : others;
}

function peopleSection() {
  const place = body('people');
  if (!users.length) {
    place.append(hint('Nobody is in this page. For somebody by id:', command('report OUT.html', ' --users ID')), el('div', { id: 'shown' }));
    return;
  }
  const options = users.map(({ user_id: id }, i) => [i, id]).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  place.append(
    el('p', {}, `${count(users.length)} of ${count(data.counts.users)} users are in this page: ${whyTheseUsers()}.`,
      users.length < data.counts.users ? ' Others by their ids: ' : ' ',
      users.length < data.counts.users ? el('code', {}, command('report OUT.html', ' --users ID')) : ''),
    el('div', { class: 'choosers' }, chooser('User', options, 0, (value) => {
      location.hash = `user=${encodeURIComponent(users[value].user_id)}`;
    })),
    el('div', { id: 'shown' }),
  );
  showUser(users[0]);
}

function show(...content) {
  document.getElementById('shown').replaceChildren(el('article', { class: 'card', id: 'shown-card', tabindex: -1 }, ...content));
}

function showUser(user) {
  const select = document.querySelector('#people select');
  select.value = String(user.index);
  const facts = [
    user.group === null ? 'of no group' : groupLink(user.group),
    ` ${plural(user.events, 'event')} with ${plural(user.items, 'item')}, ${plural(user.texts, 'text')}`,
    user.first_event_at ? `, from ${day(user.first_event_at)} to ${day(user.last_event_at)}` : '',
    user.is_bot ? ' · bot-like: too many events in a minute or a day' : '',
    user.has_vector ? '' : ' · nothing speaks of a taste',
  ];
  show(
    el('h3', {}, `User ${user.user_id}`),
    el('p', { class: 'quiet' }, ...facts),
    user.top_interests ? el('p', {}, el('b', {}, 'Cares about: '), user.top_interests) : '',
    el('h4', {}, 'Interests'),
    userInterests(user),
    el('h4', {}, 'Recommendations'),
    userRecommendations(user),
    ...whatIf(user),
  );
}

function userInterests(user) {
  if (!user.interests.length) return el('p', { class: 'quiet' }, 'None that stands out: a user with few events has none of their own.');
  const isMore = ({ interest }) => MORE.includes(interests[interest].kind);
  const columns = Object.entries(LAYERS).map(([layer, title]) => {
    const rows = user.interests.filter((row) => row.layer === layer);
    if (!rows.length) return '';
    const more = rows.filter(isMore);
    const list = (some) => el('ul', { class: 'plain' }, some.map(interestLine));
    return el('div', {}, el('h5', {}, title), list(rows.filter((row) => !isMore(row))),
      more.length ? el('details', {}, el('summary', {}, `${count(more.length)} rules and feelings`), list(more)) : '');
  });
  return el('div', {}, el('div', { class: 'columns' }, ...columns), el('p', { class: 'quiet' },
    'The share of what the user likes (of a rule its confidence, of a feeling from -1 to 1), how many times that of people on average, the events and texts it comes from, the last of them.'));
}

function interestLine({ interest, score, lift, evidence_count: n, last_seen: last }) {
  const { name, kind } = interests[interest];
  const value = kind === 'feeling' ? `feels ${decimal(score, 2)}` : percent(score);
  return el('li', {}, el('span', {}, name), ' ', el('small', {},
    `${kind}, ${value}${lift === null ? '' : `, ${decimal(lift, 1)} × the average`}, from ${count(n)}, last `, el('time', {}, day(last))));
}

function userRecommendations(user) {
  if (!user.recommendations.length) {
    return hint('None: whatever may be recommended the user has met already, or it is on the blocklist.');
  }
  const all = user.recommendations.flatMap(({ parts }) => (parts ?? []).map(({ value }) => value));
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  return el('div', {},
    el('ol', { class: 'recommendations' }, user.recommendations.map((row) => {
      const item = items[row.item];
      return el('li', {},
        el('div', { class: 'what' }, `${row.rank}. `, link('item', item.item_id, item.name), ' ', el('small', {}, item.category ?? '')),
        el('div', { class: 'why' }, row.reason),
        el('div', { class: 'score' }, `score ${decimal(row.score)}`),
        row.parts ? partBars(row.parts, low, high) : null);
    })),
    el('p', { class: 'quiet' }, data.parts
      ? 'The score is the sum of its parts; bars to the left of the line take from it. Scores compare within a user.'
      : 'Scores compare within a user. Their parts are in no table of this build.'));
}

// The list without the item of the user's own that most of it goes back to.
function whatIf(user) {
  if (!user.whatIf) return [];
  const { name, recommendations, instead } = user.whatIf;
  const others = instead.filter(([, , before]) => before === null).length;
  return [
    el('h4', {}, 'What if one thing had not been'),
    el('p', {}, 'Had the user never met ', el('b', {}, name),
      `, the reason for ${plural(recommendations, 'recommendation')} above, ${others ? `${count(others)} of ${count(instead.length)} would be ${others === 1 ? 'another' : 'others'}` : 'the same items would be here'}.`),
    el('details', {}, el('summary', {}, 'The list without it'),
      grid(`Recommendations without ${name}`, ['item', ['rank', 'number'], ['rank now', 'number']],
        instead.map(([rank, item, before]) => [item, count(rank), before === null ? 'new' : count(before)]))),
  ];
}

// The largest parts; what the others add up to is told in one row.
function partBars(parts, low, high, most = 4) {
  const sorted = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = sorted.slice(most);
  const shown = sorted.slice(0, most).map(({ part, value }) => [partName(part), value, part]);
  if (rest.length) shown.push([`${rest.length} more parts`, rest.reduce((sum, { value }) => sum + value, 0), 'rest']);
  return el('dl', { class: 'parts' }, shown.flatMap(([name, value, part]) => [
    el('dt', {}, name),
    el('dd', {}, bar(value, low, high, value < 0 ? 'negative' : part), el('span', { class: 'value' }, decimal(value))),
  ]));
}

function showItem(item) {
  const getting = item.to.map(({ user, rank }) => el('span', {}, link('user', users[user].user_id, users[user].user_id), ` (rank ${rank})`));
  show(
    el('h3', {}, item.name),
    el('p', { class: 'quiet' }, `item ${item.item_id}`, item.category ? ` · ${item.category}` : '', item.is_available ? '' : ' · may not be recommended now'),
    el('p', {}, `${plural(item.events, 'event')}; ${plural(item.users, 'user')} like it; recommended to ${plural(item.recommendations, 'user')}.`),
    item.interests ? el('p', {}, el('b', {}, 'Stands for: '), item.interests.map((index) => `${interests[index].name} (${interests[index].kind})`).join(', ')) : '',
    el('p', {}, el('b', {}, 'Users of this page who get it: '), getting.length ? joined(getting.slice(0, 30)) : 'none',
      getting.length > 30 ? ` and ${count(getting.length - 30)} more` : ''),
  );
}
