"""Walk through drafts on a terminal: accept, skip, edit, change, undo, keep."""

import sys
from pathlib import Path
from typing import Literal, NamedTuple, cast

import msgspec

from tracker.cli.context import CommandContext
from tracker.cli.drafting import DraftedFile, describe_drafting_result
from tracker.cli.file_import import describe_file_import
from tracker.cli.output import is_terminal, write_stdout
from tracker.config import find_configured_editor
from tracker.errors import InvalidInput, TrackerError, describe_error_reason
from tracker.exchange import batches
from tracker.exchange.drafts.blocks import (
    Block,
    drop_links_of_blocks,
    join_blocks_file,
    write_block,
)
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.matching import Proposal
from tracker.ledger import lookup
from tracker.locale.translation import _
from tracker.model.records import Indicator
from tracker.system.text import make_text_visible

_KINDS: tuple[Literal["target", "result", "milestone"], ...] = ("target", "result", "milestone")


class _Answered(NamedTuple):
    """A draft with what a person made of it; ``text`` is None for what was skipped."""

    at: int
    text: str | None


def review_drafts(context: CommandContext, drafted: DraftedFile, path: Path) -> None:
    """Walk through the drafts; write what was accepted to a file, and import it if wished.

    Raises:
        InvalidInput: there is no terminal to ask on, or the file cannot be written.
    """
    if sys.stdin is None or not sys.stdin.isatty() or not is_terminal():
        raise InvalidInput(_("--review needs a terminal; leave it out and edit the file."))
    context.warn(describe_drafting_result(drafted))
    review = Review(context, drafted)
    is_finished = review.walk()
    target = path.with_name(f"{path.stem}.drafts.toml")
    _write_reviewed(target, review.build_file())
    write_stdout(_("Written: {file}").format(file=target) + "\n")
    if not is_finished or not review.has_accepted():
        return
    if review.ask(_("Import it now? [y/N] ")).casefold() in {"y", "yes", "是"}:
        batch = batches.read_batch(review.build_file().encode(), "toml")
        merged = context.tracker.merge([batch], "refuse", "import")
        write_stdout(describe_file_import(merged) + "\n")


class Review:
    """The drafts that are walked through, and the answers so far."""

    def __init__(self, context: CommandContext, drafted: DraftedFile) -> None:
        self._context = context
        self._drafted = drafted
        self._proposals = [
            each for each in drafted.matched.proposals if each.change not in {"stored", "joined"}
        ]
        self._answers: list[_Answered] = []
        # Each draft is written once, so that its new ids stay what they are.
        self._blocks: dict[int, Block] = {}

    def walk(self) -> bool:
        """Ask about each draft; return False if the person quits before the end."""
        at = 0
        while at < len(self._proposals):
            block = self._get_block(at)
            self._show(at, block)
            key = self.ask(_("[a]ccept [s]kip [e]dit [k]ind [m]atch [u]ndo [q]uit: ")).casefold()
            if key == "q":
                return False
            at = self._answer(key[:1], at, block)
        return True

    def _answer(self, key: str, at: int, block: Block) -> int:
        """Do what a key says; return which draft comes next."""
        if key == "u":
            return self._answers.pop().at if self._answers else at
        if key == "k":
            self._change_kind(at)
        elif key == "m":
            self._change_record(at)
        elif key in {"a", "s", "e"}:
            text = None if key == "s" else write_block(block._replace(is_sure=True))
            if key == "e" and text is not None:
                text = self._edit(text)
            self._answers.append(_Answered(at, text))
            return at + 1
        return at

    def has_accepted(self) -> bool:
        """Return whether anything was accepted."""
        return any(answer.text for answer in self._answers)

    def build_file(self) -> str:
        """Return the file: what was accepted, then what is still open, commented out."""
        matched = self._drafted.matched
        given_ids = self._drafted.writer.given_ids.values()
        accepted = [answer.text for answer in self._answers if answer.text]
        accepted = drop_links_of_blocks(accepted, given_ids)
        answered = {answer.at for answer in self._answers}
        still_open = [
            self._get_block(at)._replace(is_sure=False)
            for at in range(len(self._proposals))
            if at not in answered
        ]
        return join_blocks_file(
            matched.document,
            accepted,
            still_open,
            self._drafted.neither,
            is_known=matched.is_known,
        )

    def ask(self, question: str) -> str:
        """Return what a person types; the end of the input is to quit."""
        write_stdout(question)
        line = sys.stdin.readline()
        return line.strip() if line else "q"

    def _get_block(self, at: int) -> Block:
        if at not in self._blocks:
            block = self._drafted.writer.build(self._proposals[at], takes_results=True)
            self._blocks[at] = cast("Block", block)
        return self._blocks[at]

    def _replace(self, at: int, proposal: Proposal) -> None:
        self._proposals[at] = proposal
        self._blocks.pop(at, None)

    def _show(self, at: int, block: Block) -> None:
        head = _("{n} of {all}").format(n=at + 1, all=len(self._proposals))
        text = write_block(block._replace(is_sure=True))
        write_stdout(make_text_visible(f"\n── {head} ──\n{text}\n", lines=True))

    def _change_kind(self, at: int) -> None:
        """Make a target a result, a result a milestone, a milestone a target."""
        proposal = self._proposals[at]
        draft = proposal.draft
        kind = _KINDS[(_KINDS.index(draft.kind) + 1) % len(_KINDS)]
        published = self._drafted.matched.document.published
        year_end = published.replace(month=12, day=31)
        changed = msgspec.structs.replace(
            draft,
            kind=kind,
            done=kind == "result" and draft.value is None,
            as_of=draft.as_of or published if kind == "result" else None,
            deadline=None if kind == "result" else draft.deadline or year_end,
            deadline_basis=None if kind == "result" else draft.deadline_basis or "assumed",
        )
        if kind == "milestone":
            changed = _remove_number_in_review(changed)
        self._replace(at, Proposal(draft=changed, change="new", initiative=proposal.initiative))

    def _change_record(self, at: int) -> None:
        """Let a draft belong to a record of the ledger that the person names."""
        words = self.ask(_("Name or id of the record: "))
        proposal = self._proposals[at]
        try:
            with self._context.tracker.store.view() as view:
                record = lookup.find_record(view, words)
        except TrackerError as error:
            candidates = "".join(f"\n  {candidate}" for candidate in error.candidates)
            write_stdout(make_text_visible(error.sentence + candidates + "\n", lines=True))
            return
        if isinstance(record, Indicator):
            changed = Proposal(
                draft=proposal.draft,
                change="update" if proposal.draft.kind == "result" else "revision",
                initiative=record.initiative_id,
                indicator=record.id,
                unit=record.unit,
            )
        else:
            changed = Proposal(draft=proposal.draft, change="new", initiative=record.id)
        self._replace(at, changed)

    def _edit(self, text: str) -> str:
        """Let a person change a block in the editor; refuse what is no TOML any more."""
        from tracker.system.subprocesses import edit_text_in_subprocess

        edited = edit_text_in_subprocess(text, find_configured_editor())
        try:
            batches.read_batch(edited.encode(), "toml")
        except InvalidInput as error:
            write_stdout(make_text_visible(error.sentence + "\n", lines=True))
            return text
        return edited.rstrip("\n")


def _remove_number_in_review(draft: Draft) -> Draft:
    return msgspec.structs.replace(
        draft,
        value=None,
        value_hi=None,
        unit=None,
        op=None,
        baseline=None,
        baseline_on=None,
        stretch=None,
        target_wording=None,
        part_of=None,
    )


def _write_reviewed(target: Path, text: str) -> None:
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        sentence = _("{file} cannot be written: {reason}.")
        raise InvalidInput(
            sentence.format(file=target, reason=describe_error_reason(error))
        ) from None
