"""Weigh whether sentences without a cue promise or report.

The weights of groups of characters were trained on whole work reports, whose headings
say which part looks back: see ``tools/train_tense.py``.
"""

import json
import math
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

SCALE = 100
_LONGEST_GRAM = 3


@cache
def read_evidence_weights() -> dict[str, int]:
    """Return the weight of each known group of characters, in hundredths."""
    source = files("tracker.exchange.drafts") / "tense_weights.json"
    weights: dict[str, int] = json.loads(source.read_text("utf-8"))
    return weights


def split_evidence_grams(sentence: str) -> set[str]:
    """Return the groups of one to three characters of a sentence; a digit is a digit."""
    bare = "".join("0" if char.isdigit() else char for char in sentence if not char.isspace())
    return {
        bare[start : start + length]
        for length in range(1, _LONGEST_GRAM + 1)
        for start in range(len(bare) - length + 1)
    }


def weigh_evidence_of_sentences(sentences: Iterable[str]) -> float:
    """Return how strongly sentences promise (above 0) or report (below 0)."""
    weights = read_evidence_weights()
    total = 0.0
    for sentence in sentences:
        known = split_evidence_grams(sentence) & weights.keys()
        if known:
            total += sum(weights[gram] for gram in known) / SCALE / math.sqrt(len(known))
    return total
