const folded = (text) => String(text).toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

function searchBox() {
  const input = document.getElementById('search');
  const list = document.getElementById('found');
  const entries = [
    ...users.map((user) => ({ kind: 'user', id: user.user_id, text: user.user_id, more: user.top_interests ?? '' })),
    ...groups.map((group) => ({ kind: 'group', id: group.group_id, text: groupName(group.index), more: `${count(group.size)} members` })),
    ...items.map((item) => ({ kind: 'item', id: item.item_id, text: item.name, more: item.category ?? '' })),
  ].map((entry) => ({ ...entry, key: folded(`${entry.text} ${entry.id}`), start: folded(entry.text) }));
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = ({ kind, id }) => {
    input.value = '';
    close();
    location.hash = `${kind}=${encodeURIComponent(id)}`;
  };
  const activate = (number) => {
    const options = [...list.children];
    active = (number + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === active)));
    options[active].scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', options[active].id);
  };
  let found = [];
  input.addEventListener('input', () => {
    const asked = folded(input.value.trim());
    if (!asked) return close();
    const rank = ({ key, start }) => (start === asked ? 0 : start.startsWith(asked) ? 1 : key.includes(asked) ? 2 : 3);
    found = entries.map((entry) => [rank(entry), entry]).filter(([place]) => place < 3).sort((a, b) => a[0] - b[0]).slice(0, 10).map(([, entry]) => entry);
    list.replaceChildren(...found.map((entry, i) =>
      el('div', { role: 'option', id: `found-${i}`, 'aria-selected': 'false', onmousedown: (event) => { event.preventDefault(); choose(entry); } },
        el('small', {}, entry.kind), ' ', el('b', {}, entry.text), ' ', el('small', {}, entry.more))));
    list.hidden = !found.length;
    active = -1;
    input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-expanded', String(!list.hidden));
    return tell(found.length ? plural(found.length, 'found', 'found') : `nothing found: this page holds ${count(users.length)} users and ${count(items.length)} items`);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    else if (list.hidden) return;
    else if (event.key === 'ArrowDown') activate(active + 1);
    else if (event.key === 'ArrowUp') activate(active < 0 ? -1 : active - 1);
    else if (event.key === 'Enter') choose(found[Math.max(active, 0)]);
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
}
