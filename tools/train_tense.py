"""Train the weights by which a sentence without a cue is taken for a promise or a report.

A work report looks back in one part and ahead in another, and its headings say which is
which: its sentences are labels that nobody has to write. Logistic regression on groups of
one to three characters; the weights are whole numbers in a small file.

usage: train_tense.py FOLDER [--without NAME,…] [--test NAME,…]

FOLDER holds whole work reports as txt or html, with the year in the file's name.
"""

import argparse
import json
import math
import random
import re
from collections import Counter
from datetime import date
from pathlib import Path

from tracker.exchange.drafts.document import Paragraph
from tracker.exchange.drafts.evidence import SCALE, split_evidence_grams
from tracker.exchange.drafts.outline import Outline
from tracker.exchange.drafts.reading import read_document
from tracker.exchange.drafts.sentences import normalize_sentences, split_sentences

WEIGHTS = Path(__file__).parents[1] / "tracker/exchange/drafts/tense_weights.json"
FEWEST_REPORTS = 3
FEWEST_SENTENCES = 6
MOST_GRAMS = 6000
ROUNDS = 12
RATE = 0.3
SHRINK = 2e-5

Labelled = tuple[str, bool]


def label(path: Path) -> list[Labelled]:
    """Return the sentences of a report, True for those of the part that looks ahead."""
    year = re.search(r"\d{4}", path.stem)
    published = date(int(year.group()) if year else 2020, 1, 28)
    outline = Outline([], published, "")
    sentences = []
    for block in read_document(path).blocks:
        if not isinstance(block, Paragraph):
            continue
        text = normalize_sentences(block.words.text)
        if block.level:
            outline.enter(block.level, text)
            continue
        for span in split_sentences(text):
            sentence = text[span.start : span.end]
            outline.follow(sentence)
            if outline.tense in {"past", "plan"}:
                sentences.append((sentence, outline.tense == "plan"))
    return sentences


def choose_grams(reports: dict[str, list[Labelled]]) -> list[str]:
    """Return the groups of characters that several reports use often."""
    sentences: Counter[str] = Counter()
    used_in: Counter[str] = Counter()
    for labelled in reports.values():
        own: Counter[str] = Counter()
        for sentence, _is_plan in labelled:
            own.update(split_evidence_grams(sentence))
        sentences.update(own)
        used_in.update(own.keys())
    return [
        gram
        for gram, count in sentences.most_common()
        if count >= FEWEST_SENTENCES and used_in[gram] >= FEWEST_REPORTS
    ]


def train(labelled: list[Labelled], grams: list[str]) -> dict[str, float]:
    """Return a weight for each group of characters; above 0 speaks for a promise."""
    known = set(grams)
    rows = [(split_evidence_grams(sentence) & known, is_plan) for sentence, is_plan in labelled]
    ahead = sum(is_plan for _grams, is_plan in rows) / len(rows)
    weights = dict.fromkeys(grams, 0.0)
    shuffle = random.Random(1)  # noqa: S311  # the order of training, nothing secret
    for turn in range(ROUNDS):
        shuffle.shuffle(rows)
        rate = RATE / (1 + turn)
        for row, is_plan in rows:
            if not row:
                continue
            scale = 1 / math.sqrt(len(row))
            score = scale * sum(weights[gram] for gram in row)
            error = (1.0 if is_plan else 0.0) - 1 / (1 + math.exp(-score))
            # Both halves count the same, whichever is longer.
            step = rate * error * scale * (0.5 / ahead if is_plan else 0.5 / (1 - ahead))
            for gram in row:
                weights[gram] += step - rate * SHRINK * weights[gram]
    return weights


def main() -> None:
    """Train on a folder of reports and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", default="", help="names of reports to leave out")
    parser.add_argument("--test", default="", help="names of reports to test on instead")
    arguments = parser.parse_args()
    left_out = {name for name in f"{arguments.without},{arguments.test}".split(",") if name}
    files = [
        path for path in sorted(arguments.folder.iterdir()) if path.suffix in {".txt", ".html"}
    ]
    reports = {
        path.stem: label(path)
        for path in files
        if not any(path.stem.startswith(name) for name in left_out)
    }
    labelled = [pair for pairs in reports.values() for pair in pairs]
    weights = train(labelled, choose_grams(reports))
    kept = sorted(weights.items(), key=lambda pair: -abs(pair[1]))[:MOST_GRAMS]
    rounded = {gram: round(weight * SCALE) for gram, weight in kept}
    WEIGHTS.write_text(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(reports)} reports, {len(labelled)} sentences, {len(rounded)} weights")
    tested = [name for name in arguments.test.split(",") if name]
    for path in files:
        if any(path.stem.startswith(name) for name in tested):
            pairs = label(path)
            right = 0
            for sentence, is_plan in pairs:
                row = split_evidence_grams(sentence) & rounded.keys()
                score = sum(rounded[gram] for gram in row)
                right += (score > 0) == is_plan
            print(f"{path.stem}: {right / max(1, len(pairs)):.3f} of {len(pairs)} sentences")


if __name__ == "__main__":
    main()
