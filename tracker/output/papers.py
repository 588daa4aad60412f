"""Official papers as data: what stands on each, in which order, without how it is set.

A paper is written for who receives it: prose, then tables as annexes. Its form follows
GB/T 9704-2012; how it is set is up to the format that writes it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias, overload

from msgspec import Struct

from tracker.output.model import Table
from tracker.system.overriding import override

Rank: TypeAlias = Literal["text", "head", "item", "note"]
"""``head`` is a head of the first level; ``item`` has a head of the second level before its text;
``note`` is small."""


class Paragraph(Struct, frozen=True, kw_only=True):
    """One paragraph of a paper.

    Attributes:
        text: its text.
        rank: what it is.
        lead_in: the head of the second level that its text goes on from.
    """

    text: str = ""
    rank: Rank = "text"
    lead_in: str = ""


class ReplyForm(Struct, frozen=True, kw_only=True):
    """Form that who receives a paper fills in, seals and sends back.

    Attributes:
        subjects: what is answered, one row each.
        questions: what is asked of each.
        signature: the lines below it, for names, days and the seal.
    """

    subjects: list[str]
    questions: list[str]
    signature: list[str]


class Annex(Struct, frozen=True, kw_only=True):
    """Annex that begins a page: a table, or a form to reply with."""

    title: str
    content: Table | ReplyForm


class PaperKey(Struct, frozen=True, kw_only=True):
    """What makes a paper the same paper when it is made again.

    Attributes:
        kind: the kind of paper, with its step where there are several.
        lead: whom it is for; None: all.
        since: the first day that it reports on; None: it is about one day.
        as_of: the day that it looks at.
        is_issue: whether its number is that of an issue, and not one of the issuer's letters.
    """

    kind: str
    lead: str | None
    since: date | None
    as_of: date
    is_issue: bool = False


class Paper(Struct, kw_only=True):
    """One paper that leaves the office.

    Attributes:
        key: what it is known by.
        title: its title.
        on: its day.
        issuer: who issues it; empty: nobody is named.
        masthead: what stands in red at its head; empty: the issuer.
        urgency: what stands above that.
        number: its number; empty: it has none.
        signer: who has approved it.
        to: whom it addresses.
        body: its paragraphs, and tables where they belong to the text.
        contact: whom to ask.
        annexes: what is annexed.
        copies: who gets copies.
        is_compact: whether it spares room above, to fit on one page.
    """

    key: PaperKey
    title: str
    on: date
    issuer: str = ""
    masthead: str = ""
    urgency: str = ""
    number: str = ""
    signer: str = ""
    to: str = ""
    body: list[Paragraph | Table] = []
    contact: str = ""
    annexes: list[Annex] = []
    copies: str = ""
    is_compact: bool = False


class PapersOnDemand(Sequence[Paper]):
    """Papers that are written when they are asked for: only some formats set them.

    Args:
        write: writes them.
    """

    def __init__(self, write: Callable[[], Sequence[Paper]]) -> None:
        self._write = write

    @cached_property
    def _papers(self) -> Sequence[Paper]:
        return self._write()

    @overload
    def __getitem__(self, at: int) -> Paper: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Paper]: ...

    @override
    def __getitem__(self, at: int | slice) -> Paper | Sequence[Paper]:
        return self._papers[at]

    @override
    def __len__(self) -> int:
        return len(self._papers)
