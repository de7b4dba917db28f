// What stands behind # in the address is shown: #user=u0042, #item=i0007, #group=discovered-1.
function route() {
  const [, kind, id] = /^#(user|item|group)=(.*)$/s.exec(location.hash) ?? [];
  if (!kind) return;
  const wanted = decodeURIComponent(id);
  const user = kind === 'user' && users.find(({ user_id: known }) => known === wanted);
  const item = kind === 'item' && items.find(({ item_id: known }) => known === wanted);
  const group = kind === 'group' && groups.find(({ group_id: known }) => known === wanted);
  if (user) showUser(user);
  else if (item) showItem(item);
  else if (!group) {
    show(hint(`The ${kind} ${wanted} is not in this page.`, kind === 'user' ? command('report OUT.html', ' --users ID') : null));
  }
  const card = document.getElementById(group ? `group-${group.index}` : 'shown-card');
  card.scrollIntoView({ block: 'start' });
  card.focus({ preventScroll: true });
}

overview();
mapSection();
groupsSection();
interestsSection();
peopleSection();
qualitySection();
exposureSection();
runsSection();
searchBox();
addEventListener('hashchange', route);
route();
