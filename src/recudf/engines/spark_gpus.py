"""The card that Spark has given to a task."""

from __future__ import annotations

import dataclasses
import os

from recudf.settings import EncoderSettings, Settings


def on_card_of_task(settings: Settings) -> Settings:
    """Settings for this task of Spark: `device: auto` becomes its card (`cuda:1`), where it was given one.

    A card is given by `spark.task.resource.gpu.amount`, and its address is the number that CUDA counts it
    by. Where CUDA_VISIBLE_DEVICES has chosen the cards already, where addresses are no numbers, and on the
    driver, auto stays.
    """
    from pyspark import TaskContext

    task = TaskContext.get()
    given = task.resources().get("gpu") if task else None
    if given is None or not given.addresses[0].isdigit() or os.environ.get("CUDA_VISIBLE_DEVICES"):
        return settings
    device = f"cuda:{given.addresses[0]}"
    return dataclasses.replace(
        settings,
        encoder=_on(device, settings.encoder),
        encoders=tuple((alias, _on(device, encoder)) for alias, encoder in settings.encoders),
    )


def _on(device: str, encoder: EncoderSettings) -> EncoderSettings:
    return dataclasses.replace(encoder, device=device) if encoder.device == "auto" else encoder
