"""`recudf evaluate --split random` with several seeds, pooled: means, and paired intervals over users.

    python benchmarks/split_seeds.py BUILT.duckdb --vars '{ranking: learned, ranking_split: random}'

The database was built with these vars. Each seed hides another fifth of what each user liked and has all
fitted anew without it; a user's lists of all seeds are drawn together. `weights` is EASE with items' texts.
"""

import argparse
from pathlib import Path

from recudf.cli.evaluate import build_replay, read_variables
from recudf.engines.beside import only_run
from recudf.engines.duckdb import open_database
from recudf.engines.replays import read_replay
from recudf.engines.splits import Split, drop_scratch, make_split
from recudf.evaluation.measurements import measure

METRICS = (("ndcg", 10), ("recall", 20))


def replayed(database, seed, variables):
    """What all models rank where the seed's fifth is hidden."""
    with open_database(database) as c:
        _, (moment,) = make_split(c, "recudf", Split(kind="random", seed=seed))
    build_replay(database, moment, 20, variables)
    with open_database(database) as c:
        return read_replay(c, moment, 20)


def table(replays, baseline):
    """A row for each model, the best last."""
    found = {
        (m.model, m.baseline, m.metric, m.k): m
        for m in measure(replays, (10, 20), baselines=[baseline])
        if m.slice == "all" and (m.metric, m.k) in METRICS
    }
    alone = [
        {
            m.model: m.value
            for m in measure([each], (10,))
            if (m.slice, m.metric, m.baseline) == ("all", "ndcg", "none")
        }
        for each in replays
    ]
    heads = [f"{metric}@{k}" for metric, k in METRICS]
    heads += ["ndcg of each seed"] + [f"minus {baseline}: {head}" for head in heads]
    lines = [f"| model | {' | '.join(heads)} |", "|---|" + "---|" * len(heads)]
    for model in sorted(alone[0], key=alone[0].get):
        cells = [f"{found[model, 'none', *metric].value:.4f}" for metric in METRICS]
        cells.append(", ".join(f"{values[model]:.4f}" for values in alone))
        for metric in METRICS:
            m = found.get((model, baseline, *metric))
            cells.append(f"{m.value:+.4f} [{m.ci_low:+.4f}, {m.ci_high:+.4f}]" if m else "")
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", type=Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--vars", type=read_variables, default={}, help="vars of the build, as YAML")
    parser.add_argument("--baseline", default="weights", help="the model that all are compared with")
    given = parser.parse_args()
    replays = []
    with only_run(given.database):
        try:
            for seed in given.seeds:
                replays.append(replayed(given.database, seed, given.vars))
                print("\n".join(table(replays, given.baseline)), flush=True)
        finally:
            with open_database(given.database) as connection:
                drop_scratch(connection)
