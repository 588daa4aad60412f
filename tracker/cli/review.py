"""Walk through drafts on a terminal: accept, skip, edit, change, undo, keep."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, cast

import msgspec

from tracker.cli.context import CommandContext
from tracker.cli.drafting import DraftedFile, describe_drafting_result
from tracker.cli.file_import import (
    describe_file_import,
    read_data_for_import,
    read_file_for_import,
    warn_after_file_import,
)
from tracker.cli.output import is_terminal, write_stdout
from tracker.cli.review_file import (
    ReviewFile,
    find_done_drafts,
    holds_entered_line,
    read_review_file,
    write_review_file,
)
from tracker.config import find_configured_editor
from tracker.errors import InvalidInput, LedgerMissing, TrackerError
from tracker.exchange.drafts.blocks import (
    Block,
    drop_links_of_blocks,
    join_blocks_file,
    mark_skipped_block,
    write_block,
)
from tracker.exchange.drafts.draft import Draft
from tracker.exchange.drafts.matching import (
    Proposal,
    match_draft_within,
    propose_on_indicator,
)
from tracker.ledger import lookup
from tracker.locale.translation import _
from tracker.model.records import Indicator, Initiative
from tracker.system.text import make_text_visible

_KINDS: tuple[Literal["target", "result", "milestone"], ...] = ("target", "result", "milestone")


class _Answered(NamedTuple):
    """A draft with what a person made of it; ``text`` is None for what was skipped."""

    at: int
    text: str | None


def review_drafts(context: CommandContext, drafted: DraftedFile, path: Path) -> None:
    """Walk through the drafts; write what was accepted to a file, and import it if wished.

    The file is written after each answer, so that nothing is lost, and read again when the
    same document is reviewed once more.

    Raises:
        InvalidInput: there is no terminal to ask on, or the file cannot be read or written.
    """
    if sys.stdin is None or not sys.stdin.isatty() or not is_terminal():
        raise InvalidInput(_("--review needs a terminal; leave it out and edit the file."))
    folder = path.parent if os.access(path.parent, os.W_OK) else Path()
    target = folder / f"{path.stem}.drafts.toml"
    context.warn(describe_drafting_result(drafted))
    before = read_review_file(target)
    review = Review(context, drafted, target, before)
    goes_on = _("{file} is there; the review goes on with it.")
    begins = _("Each answer is kept in {file}.")
    write_stdout((goes_on if before.text else begins).format(file=target) + "\n")
    is_finished = review.walk()
    write_stdout(_("Written: {file}").format(file=target) + "\n")
    if is_finished and review.has_accepted():
        review.offer_import()


class Review:
    """The drafts that are walked through, and the answers so far."""

    def __init__(
        self, context: CommandContext, drafted: DraftedFile, target: Path, before: ReviewFile
    ) -> None:
        self._context = context
        self._drafted = drafted
        self._target = target
        self._before = before
        self._proposals = [
            each for each in drafted.matched.proposals if each.change not in {"stored", "joined"}
        ]
        done = find_done_drafts(before, [each.draft for each in self._proposals])
        self._open = [at for at in range(len(self._proposals)) if at not in done]
        self._answers: list[_Answered] = []
        self._unfinished: dict[int, str] = {}
        drafted.writer.naming.reserve(before.items)
        # Each draft is written once, so that its new ids stay what they are.
        self._blocks = {at: self._build_block(self._proposals[at]) for at in self._open}
        self._left = drafted.build_left_blocks()
        self._drafts = list(self._proposals)

    def walk(self) -> bool:
        """Ask about each draft; return False if the person quits before the end."""
        self._write()
        at = 0
        while at < len(self._open):
            self._show(at)
            question = _("[a]ccept [s]kip [e]dit [k]ind [m]atch [u]ndo [q]uit: ")
            key = self.ask(question, at_end="q").casefold()
            if key[:1] == "q":
                return False
            at = self._answer(key[:1], at)
        return True

    def _answer(self, key: str, at: int) -> int:
        """Do what a key says; return which draft comes next."""
        if key == "u" and self._answers:
            at = self._answers.pop().at
        elif key == "k":
            self._change_kind(self._open[at])
        elif key == "m":
            self._change_record(self._open[at])
        elif key in {"a", "s", "e"}:
            text = write_block(self._blocks[self._open[at]]._replace(is_sure=True))
            if key == "e" and not self._edit(at, text):
                return at
            if key != "e":
                self._answers.append(_Answered(at, None if key == "s" else text))
            at += 1
        self._write()
        return at

    def has_accepted(self) -> bool:
        """Return whether anything was accepted, now or before."""
        return bool(self._before.accepted) or any(answer.text for answer in self._answers)

    def _write(self) -> None:
        write_review_file(self._target, self.build_file())

    def build_file(self) -> str:
        """Return the file: what was accepted, then what is still open or skipped, commented out."""
        matched = self._drafted.matched
        given_ids = self._drafted.writer.given_ids.values()
        accepted = [answer.text for answer in self._answers if answer.text]
        accepted = drop_links_of_blocks([*self._before.accepted, *accepted], given_ids)
        answers = {answer.at: answer.text for answer in self._answers}
        blocks = [self._blocks[at]._replace(is_sure=False) for at in self._open]
        still_open = [block for at, block in enumerate(blocks) if at not in answers]
        skipped = [
            write_block(mark_skipped_block(block))
            for at, block in enumerate(blocks)
            if answers.get(at, "") is None
        ]
        return join_blocks_file(
            matched.document,
            accepted,
            still_open,
            self._left,
            is_known=matched.is_known or self._before.has_document,
            skipped=[*self._before.skipped, *skipped],
        )

    def offer_import(self) -> None:
        """Import the file if the person wishes."""
        if self.ask(_("Import it now? [y/N] ")).casefold() in {"y", "yes", "是"}:
            batch = read_file_for_import(self._context, str(self._target), "toml")
            merged = self._context.tracker.merge([batch], "refuse", "import")
            warn_after_file_import(self._context, merged)
            write_stdout(describe_file_import(merged) + "\n")

    def ask(self, question: str, at_end: str = "") -> str:
        """Return what a person types; ``at_end`` at the end of the input (Ctrl-D)."""
        write_stdout(question)
        line = sys.stdin.readline()
        if not line:
            # What comes next begins below the question.
            write_stdout("\n")
        return line.strip() if line else at_end

    def _build_block(self, proposal: Proposal) -> Block:
        return cast("Block", self._drafted.writer.build(proposal, takes_results=True))

    def _replace(self, at: int, proposal: Proposal) -> None:
        """Let a draft do something else; it stays as it was where it has no such unit."""
        try:
            self._blocks[at] = self._build_block(proposal)
        except InvalidInput as error:
            self._show_error(error)
        else:
            self._proposals[at] = proposal

    def _show(self, at: int) -> None:
        head = _("{n} of {all}").format(n=at + 1, all=len(self._open))
        text = write_block(self._blocks[self._open[at]]._replace(is_sure=True))
        write_stdout(make_text_visible(f"\n── {head} ──\n{text}\n", lines=True))

    def _change_kind(self, at: int) -> None:
        """Make a target a result, a result a milestone, a milestone a target."""
        proposal, original = self._proposals[at], self._drafts[at]
        kind = _KINDS[(_KINDS.index(proposal.draft.kind) + 1) % len(_KINDS)]
        draft = original.draft
        if kind == draft.kind and proposal.initiative == original.initiative:
            self._replace(at, original)
            return
        published = self._drafted.matched.document.published
        year_end = published.replace(month=12, day=31)
        changed = msgspec.structs.replace(
            draft,
            kind=kind,
            done=kind == "result" and draft.value is None,
            as_of=(draft.as_of or published) if kind == "result" else None,
            deadline=None if kind == "result" else (draft.deadline or year_end),
            deadline_basis=None if kind == "result" else (draft.deadline_basis or "assumed"),
        )
        if kind == "milestone":
            changed = _remove_number_in_review(changed)
        self._replace(at, Proposal(draft=changed, change="new", initiative=proposal.initiative))

    def _change_record(self, at: int) -> None:
        """Let a draft belong to a record of the ledger that the person names."""
        candidates = self._drafts[at].candidates
        words = self.ask(_("Name, id or number of the record: "))
        if words.isdecimal() and 0 < int(words) <= len(candidates):
            words = candidates[int(words) - 1].id
        draft = self._proposals[at].draft
        try:
            with self._context.tracker.store.view() as view:
                record = lookup.find_record(view, words)
        except TrackerError as error:
            self._show_error(error)
            return
        if isinstance(record, Indicator):
            self._replace(at, propose_on_indicator(draft, record, self._context.today))
        elif record.id in {candidate.id for candidate in candidates}:
            self._take_candidate(draft, record)
        else:
            self._replace(at, self._match_within(draft, record))

    def _take_candidate(self, draft: Draft, record: Initiative) -> None:
        """Let all open drafts of a name belong to the initiative that is called alike."""
        answered = {self._open[answer.at] for answer in self._answers}
        for at in [at for at in self._open if at not in answered]:
            own = self._proposals[at].draft
            if own is draft or (own.initiative == draft.initiative and self._is_new(at)):
                proposal = self._match_within(own, record)
                proposal.alias = own.initiative
                self._replace(at, proposal)

    def _is_new(self, at: int) -> bool:
        """Return whether a draft still makes an initiative of its own."""
        return self._proposals[at].initiative is None

    def _match_within(self, draft: Draft, record: Initiative) -> Proposal:
        return match_draft_within(draft, record, self._drafted.matched.known, record.place)

    def _edit(self, at: int, text: str) -> bool:
        """Let a person change a block in the editor; return whether that is an answer.

        What cannot be entered is where the next edit begins. A block without any line left
        is skipped.
        """
        from tracker.system.subprocesses import ProgramFailed, edit_text_in_subprocess

        editor = find_configured_editor()
        try:
            edited = edit_text_in_subprocess(self._unfinished.pop(at, text), editor)
        except ProgramFailed as error:
            write_stdout(make_text_visible(f"{editor}: {error}\n", lines=True))
            return False
        kept = edited.strip("\n") if holds_entered_line(edited) else None
        self._answers.append(_Answered(at, kept))
        try:
            self._rehearse_import()
        except TrackerError as error:
            self._answers.pop()
            self._unfinished[at] = edited
            self._show_error(error)
            return False
        return True

    def _rehearse_import(self) -> None:
        """Refuse what an import of the file would refuse."""
        batch = read_data_for_import(self._context, self.build_file().encode(), "toml")
        with suppress(LedgerMissing):
            self._context.tracker.rehearse_merge([batch], "refuse")

    def _show_error(self, error: TrackerError) -> None:
        told = "".join(f"\n  {candidate}" for candidate in error.candidates)
        write_stdout(make_text_visible(error.sentence + told + "\n", lines=True))


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
