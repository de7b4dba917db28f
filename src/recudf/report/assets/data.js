// Tables come as {columns, rows}; here they become objects, joined by the numbers of their rows.
const data = JSON.parse(document.getElementById('data').textContent);
const records = (table) =>
  table.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column, row[i]])));

const groups = records(data.groups).map((group, i) => ({ ...group, index: i, interests: [], users: [], items: [], history: null }));
const interests = records(data.interests).map((interest, i) => ({ ...interest, index: i, trend: null }));
const items = records(data.items).map((item, i) => ({ ...item, index: i, name: item.title ?? item.item_id, to: [] }));
const users = records(data.users).map((user, i) => ({ ...user, index: i, interests: [], recommendations: [], whatIf: null }));
const periods = data.periods.rows.map(([period]) => period);

records(data.group_interests).forEach((row) => groups[row.group].interests.push(row));
records(data.group_users).forEach((row) => groups[row.group].users.push(row));
records(data.group_items).forEach((row) => groups[row.group].items.push(row));
records(data.group_history).forEach((row) => (groups[row.group].history = row));
records(data.user_interests).forEach((row) => users[row.user].interests.push(row));
records(data.trends).forEach((row) => (interests[row.interest].trend = row));
records(data.recommendations).forEach((row, i) => {
  const parts = data.parts ? data.parts.columns.map((part, j) => ({ part, value: data.parts.rows[i][j] })) : null;
  users[row.user].recommendations.push({ ...row, parts });
  items[row.item].to.push(row);
});
records(data.what_if).forEach((row) => (users[row.user].whatIf = row));

// The mean of the last three periods minus that of the three before.
function change(interest) {
  const shares = interest.trend?.shares;
  if (!shares || shares.length < 6) return null;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(shares.slice(-3)) - mean(shares.slice(-6, -3));
}

const command = (name, more = '') => `recudf ${name} --database ${data.about.database}${more}`;
const link = (kind, id, text) => el('a', { href: `#${kind}=${encodeURIComponent(id)}` }, text);
