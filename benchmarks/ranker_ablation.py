"""What each family of features is worth to the learned ranking: scorers without it, on a build's folds.

    python benchmarks/ranker_ablation.py BUILT.duckdb ... [--output benchmarks/results/ranker_ablation.md]

A database was built with `ranking: learned`. Candidates stay as they are, so this says what the scorer loses,
not what the lists would. ndcg@10 of what one fold hides, by scorers fitted on the other; no test data is
looked at.
"""

import argparse
import json
from pathlib import Path

import recudf
from recudf import Settings

FAMILIES = {
    "weights": ("weights", "weights_recent", "weights_short"),
    "factors": ("factors", "factors_short"),
    "sequence": ("sequence", "sequence_recent"),
    "content": ("content", "content_recent", "content_short"),
    "popularity": ("popularity", "recent_popularity", "popularity_short"),
    "category": ("category",),
    "similar people, friends, interests": ("neighbors", "friends", "interests"),
    "all of the latest events": ("weights_recent", "sequence_recent", "content_recent"),
    "all of short histories": ("weights_short", "content_short", "factors_short", "popularity_short"),
}
METHODS = ("listwise", "trees", "network")
PARAMS = {
    "l2": 0.4, "folds_by": ":", "judged": ":known:",
    "rounds": 100, "leaves": 8, "rate": 0.1, "min_leaf": 500, "seed": 42,
}  # fmt: skip
FITTED = """
    with short as (select distinct fold, user_id from recudf.int_ranking_places where is_short),
    examples as (
        select
            features.fold || case when short.user_id is null then ':known:' else ':new:' end
            || features.user_id as owner,
            features.item_id,
            [{columns}] as row,
            (hidden.item_id is not null)::double as label
        from recudf.int_ranking_features as features
        left join recudf.int_ranking_pairs as hidden
            on features.fold = hidden.fold and features.user_id = hidden.user_id
            and features.item_id = hidden.item_id and hidden.is_hidden
        left join short on features.fold = short.fold and features.user_id = short.user_id
        where features.fold > 0
    ),
    fitted as (
        select ranker_fit(
            list(owner order by owner, item_id), list(row order by owner, item_id),
            list(label order by owner, item_id), ?
        ) as rows from examples
    )
    select method, value from (select unnest(rows, recursive := true) from fitted)
    where kind = 'quality' and not starts_with(method, 'feature:')
"""


def quality(connection, names):
    """{method: ndcg@10} of scorers with these features."""
    columns = ", ".join(f'features."{name}"::double' for name in names)
    params = json.dumps(PARAMS | {"features": names, "methods": list(METHODS)})
    return dict(connection.execute(FITTED.format(columns=columns), [params]).fetchall())


def ablation(path):
    """Lines of a table."""
    connection = recudf.connect(path, read_only=True, settings=Settings(progress="off"))
    every = [name for (name,) in connection.execute("select feature from recudf.int_ranker").fetchall()]
    whole = quality(connection, sorted(every))
    lines = [
        f"| {Path(path).stem} | {' | '.join(METHODS)} |",
        "|---|" + "---|" * len(METHODS),
        "| all features | " + " | ".join(f"{whole[method]:.4f}" for method in METHODS) + " |",
    ]
    for family, members in FAMILIES.items():
        found = quality(connection, sorted(set(every) - set(members)))
        cells = [f"{found[m]:.4f} ({found[m] - whole[m]:+.4f})" for m in METHODS]
        lines.append(f"| without {family} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("databases", nargs="+")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    text = [
        "# What features are worth to the learned ranking",
        "",
        "Made by `python benchmarks/ranker_ablation.py`, which says how.",
        "",
    ]
    for database in given.databases:
        text += [*ablation(database), ""]
    print("\n".join(text))
    if given.output:
        given.output.write_text("\n".join(text))
