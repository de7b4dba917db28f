"""The shop's items, made from the word lists in departments/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN


@dataclass(frozen=True)
class Kind:
    """A kind of product: its variants each have a sentence; good and bad is what reviews say of it."""

    name: str
    tags: str
    about: tuple[str, ...]
    variants: tuple[tuple[str, str], ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


@dataclass(frozen=True)
class Department:
    """A department with its kinds, its (invented) brands, and what people search and post around it."""

    name: str
    people: str
    brands: tuple[str, ...]
    uses: tuple[str, ...]
    searches: tuple[str, ...]
    posts: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Item:
    """An item; `department` and `kind` are positions, times seconds since START, `weight` is popularity."""

    item_id: str
    title: str
    description: str
    category: str
    provider: str
    department: int
    kind: int
    published: int
    available_from: int | None
    available_until: int | None
    weight: float

    def is_offered(self, time: int) -> bool:
        """Whether users can come across it at a time."""
        start = self.published if self.available_from is None else max(self.published, self.available_from)
        return start <= time and (self.available_until is None or time <= self.available_until)


def read_departments() -> tuple[Department, ...]:
    """The word lists, in order of file name."""
    folder = resources.files("recudf.sample") / "departments"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_department(tomllib.loads(f.read_text(encoding="utf-8"))) for f in files)


def _department(words: dict[str, Any]) -> Department:
    def kind(fields: dict[str, Any]) -> Kind:
        variants = fields.pop("variants")
        return Kind(**{k: _frozen(v) for k, v in fields.items()}, variants=tuple(variants.items()))

    kinds = words.pop("kinds")
    return Department(**{k: _frozen(v) for k, v in words.items()}, kinds=tuple(kind(k) for k in kinds))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def make_items(draw: Draw, departments: tuple[Department, ...], count: int) -> list[Item]:
    """`count` items, the departments equally large, in order of department.

    Within a department every variant of every kind comes once before any comes again under another brand,
    so no two titles are equal.
    """
    numbers = draw.shuffled(range(1, count + 1))
    items: list[Item] = []
    for d, department in enumerate(departments):
        share = count // len(departments) + (d < count % len(departments))
        forms = draw.shuffled(
            [(k, v) for k, kind in enumerate(department.kinds) for v in range(len(kind.variants))]
        )
        first_brands = [draw.below(len(department.brands)) for _ in forms]
        for rank in range(share):
            turn, form = divmod(rank, len(forms))
            kind, variant = forms[form]
            mark, step = divmod(turn, len(department.brands))
            brand = department.brands[(first_brands[form] + step) % len(department.brands)]
            item_id = f"i{numbers[len(items)]:0{max(4, len(str(count)))}d}"
            items.append(_item(draw, item_id, department, d, kind, variant, brand, mark, rank))
    return items


def _item(
    draw: Draw, item_id: str, department: Department, d: int, k: int, v: int, brand: str, mark: int, rank: int
) -> Item:
    kind = department.kinds[k]
    variant, sentence = kind.variants[v]
    sentences = [draw.pick(kind.about)] if draw.chance(0.9) else []
    sentences += [sentence]
    sentences += [draw.pick(department.uses)] if draw.chance(0.5) else []
    published, available_from, available_until = _dates(draw, bestseller=rank == 0)
    return Item(
        item_id=item_id,
        title=f"{brand} {variant} {kind.name}" + (f" Mark {mark + 1}" if mark else ""),
        description=" ".join(sentences),
        category=f"{department.name}|{kind.tags}",
        provider=brand,
        department=d,
        kind=k,
        published=published,
        available_from=available_from,
        available_until=available_until,
        weight=1.0 / (rank + 2),  # Zipf's law, flattened at the top
    )


def _dates(draw: Draw, bestseller: bool) -> tuple[int, int | None, int | None]:
    """When an item is published and sold: most are old, some are new, discontinued, or announced only."""
    fate = draw.uniform()
    published = int(draw.uniform(-2.0, 0.0) * 365 * DAY)
    if bestseller or fate < 0.60:
        return published, None, None
    if fate < 0.90:
        published = int(draw.uniform(0.0, 0.95) * SPAN)
        on_sale = published + 14 * DAY if draw.chance(0.25) else None
        return published, on_sale, None
    if fate < 0.97:
        return published, None, int(draw.uniform(0.3, 1.1) * SPAN)
    return SPAN - 10 * DAY, SPAN + 30 * DAY, None
