"""Who knows whom: a network that follows the planted groups."""

from __future__ import annotations

from collections.abc import Sequence

from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN
from recudf.sample.people import User

CLOSED = 0.5  # of ties to somebody of the own group, those to somebody whom a tie of the user's knows
FOLLOWS = 0.2  # of all ties, those in one direction

Tie = tuple[str, str, str, int]  # user_id, other_user_id, kind, time in seconds since START


def make_network(draw: Draw, users: Sequence[User], noise: float) -> list[Tie]:
    """Three to seven ties that each user makes, in order of time.

    Most lie within the group that the user is in last, and half of those lead to somebody whom a tie of the
    user's knows already; the share `noise` leads to anybody.
    """
    knows: dict[str, list[str]] = {user.user_id: [] for user in users}
    mates: dict[int, list[str]] = {}
    for user in users:
        mates.setdefault(user.groups[-1], []).append(user.user_id)
    created = {user.user_id: max(user.created, 0) for user in users}
    everybody = list(knows)
    ties: list[Tie] = []
    for user in users:
        inside = mates[user.groups[-1]]
        among = set(inside)
        for _ in range(3 + draw.below(5)):
            beyond = [z for y in knows[user.user_id] for z in knows[y] if z in among]
            inward = beyond if draw.chance(CLOSED) else inside
            others = everybody if draw.chance(noise) else inward
            others = [o for o in others if o != user.user_id and o not in knows[user.user_id]]
            if not others:
                continue
            other = draw.pick(others)
            knows[user.user_id].append(other)
            knows[other].append(user.user_id)
            kind = "follows" if draw.chance(FOLLOWS) else "friend"
            begin = max(created[user.user_id], created[other])
            time = begin + draw.below(max(SPAN - begin, DAY))
            ties.append((user.user_id, other, kind, min(time, SPAN - 1)))
    return sorted(ties, key=lambda tie: (tie[3], tie))
