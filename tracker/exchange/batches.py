"""Read files into records.

A file is JSON, JSON Lines or TOML in the exchange shape of ``model.records.Item``. Everything
wrong with it is reported at once, a sentence for each record and field; nothing is guessed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tracker.errors import InvalidInput
from tracker.exchange.conversion import convert_record
from tracker.exchange.entries import add_ids_to_exchange_entries, identify_exchange_entry
from tracker.exchange.large_files import PackedItems, split_large_file, split_large_lines
from tracker.locale.translation import _
from tracker.model.leads import join_leads, split_leads
from tracker.model.records import SCHEMA, Document, IndicatorItem, Item, Receipt
from tracker.model.validation import Problem, quote_validated_id, quote_validated_value
from tracker.system.toml import parse_toml

if TYPE_CHECKING:
    from json import JSONDecoder

    from tracker.exchange.fields import FieldReader


FILE_LIMIT = 100_000_000
FILE_FORMS = ("json", "jsonl", "toml")

EXAMPLE = (
    '{"items": [{"name": "稳就业", "lead": "市人社局", "indicators": [{"name": "新增就业",'
    ' "target": "2.3万人", "deadline": "2025年底"}]}]}'
)
"""Smallest file that says what a record looks like, shown where a file has another shape."""

_ENVELOPE = ("schema", "as_of", "documents", "papers", "items", "errors")


_LARGEST_COUNT = 10**9


class Batch(NamedTuple):
    """Records of a file. They may be parts: only an id, and what is to be added to it."""

    documents: list[Document]
    items: "Sequence[Item]"
    problems: list[Problem]
    papers: Sequence[Receipt] = ()


def read_batch(data: bytes, form: str, reader: "FieldReader | None" = None) -> Batch:
    """Read the records of a file.

    Args:
        data: the file, UTF-8 (a byte order mark is skipped).
        form: one of ``FILE_FORMS``.
        reader: the days that wordings like 年底 refer to; None: the file holds none.

    Raises:
        InvalidInput: it is not of that form at all, too large, or of a newer schema.
    """
    if len(data) > FILE_LIMIT:
        raise InvalidInput(
            _("The file has more than {limit} bytes; split it.").format(limit=FILE_LIMIT)
        )
    split_file = {"json": split_large_file, "jsonl": split_large_lines}.get(form)
    if split_file is not None:
        # What is wrong with a large file is found when it is read as a whole.
        with suppress(ValueError, RecursionError):
            split = split_file(data, _build_batch_decoder())
            if split is not None:
                return _build_batch(*split, PackedItems(), reader)
    plain = _open_batch_envelope(_parse_batch_file(data, form))
    items = _get_batch_list(plain, "items")
    return _build_batch(plain, items, [], reader, begins_at_zero=form == "toml")


def _build_batch(
    envelope: Any,  # noqa: ANN401  # a file may hold anything
    raw_items: Iterable[Any],
    items: "list[Item] | PackedItems",
    reader: "FieldReader | None",
    *,
    begins_at_zero: bool = False,
) -> Batch:
    """Build the records of a file out of its plain data.

    Args:
        envelope: what it holds beside its items.
        raw_items: the items.
        items: where the records of these are kept.
        reader: the days that wordings refer to; None: the file holds none.
        begins_at_zero: whether a person types such files.

    Raises:
        InvalidInput: it is of a newer schema, or holds something else.
    """
    plain = _open_batch_envelope(envelope)
    _refuse_other_schema(plain)
    problems: list[Problem] = []
    raw_documents = _get_batch_list(plain, "documents")
    documents = [
        convert_record({"id": ""} | raw if isinstance(raw, dict) else raw, Document, problems)
        for raw in raw_documents
    ]
    within = None if reader is None else _find_days_in_batch(raw_documents, reader)
    for raw in raw_items:
        whole = _complete_batch_item(raw, problems)
        if within is not None and isinstance(whole, dict):
            from tracker.exchange.wordings import read_item_wordings

            whole = read_item_wordings(whole, within, problems, begins_at_zero=begins_at_zero)
        item = convert_record(whole, Item, problems)
        if item is not None:
            problems += _complete_batch_record(item)
            items.append(item)
    papers = _read_batch_papers(plain, problems)
    return Batch([d for d in documents if d], items, problems, papers)


def _refuse_other_schema(plain: Mapping[str, Any]) -> None:
    if plain.get("schema", SCHEMA) != SCHEMA or isinstance(plain.get("schema"), bool):
        raise InvalidInput(
            _("The file has schema {found}, this program reads {known}.").format(
                found=quote_validated_value(plain["schema"]), known=SCHEMA
            )
        )


def _complete_batch_record(item: Item) -> Iterator[Problem]:
    """Give the entries of an item their ids, and put its leads into one text."""
    for indicator in item.indicators:
        add_ids_to_exchange_entries(indicator)
    item.decisions = [identify_exchange_entry(entry) for entry in item.decisions]
    yield from _join_leads_in_batch(item)
    for indicator in item.indicators:
        yield from _join_leads_in_batch(indicator)


def _read_batch_papers(plain: dict[str, Any], problems: list[Problem]) -> tuple[Receipt, ...]:
    """Return the numbers of papers in a file."""
    papers = (
        convert_record(_convert_batch_integers(raw), Receipt, problems)
        for raw in _get_batch_list(plain, "papers")
    )
    return tuple(each for each in papers if each is not None and each.paper is not None)


def _find_days_in_batch(documents: list[Any], reader: "FieldReader") -> "FieldReader":
    """Return a reader of wordings that knows the days of the documents of a file too."""
    from tracker.exchange.wordings import find_day_by_wording_in_batch

    return reader._replace(
        published_on=lambda cited: (
            find_day_by_wording_in_batch(documents, cited) or reader.published_on(cited)
        )
    )


def _join_leads_in_batch(item: Item | IndicatorItem) -> Iterator[Problem]:
    """Put the list of leads into the text that is kept; say where the two name others."""
    if item.lead is None:
        item.lead = join_leads(item.leads)
    elif item.leads and set(split_leads(item.lead)) != set(split_leads(join_leads(item.leads))):
        sentence = _("{id}: lead is {lead}, but leads are {leads}; leave one out, or correct it")
        words = {
            "lead": quote_validated_value(item.lead),
            "leads": quote_validated_value(join_leads(item.leads) or ""),
        }
        yield Problem(
            record=item.id, sentence=sentence.format(id=quote_validated_id(item.id), **words)
        )


def _parse_batch_file(data: bytes, form: str) -> Any:  # noqa: ANN401  # a file may hold anything
    """Parse a file to plain data.

    Raises:
        InvalidInput: it is not UTF-8, or not of that form.
    """
    parsers: Mapping[str, Callable[[str], Any]] = {
        "json": _parse_batch_json,
        "jsonl": _parse_batch_json_lines,
        "toml": _parse_batch_toml,
    }
    try:
        return parsers[form](data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInput(
            _("The file is not UTF-8: byte {at} is {found}; save it as UTF-8.").format(
                at=error.start + 1, found=f"0x{data[error.start]:02x}"
            )
        ) from None
    except (ValueError, RecursionError) as error:
        reason = str(error)
        if isinstance(error, RecursionError):
            reason = _("it is nested too deeply")
        raise InvalidInput(
            _("The file is not {form}: {reason}.").format(form=form.upper(), reason=reason)
        ) from None


def _convert_batch_integers(value: Any) -> Any:  # noqa: ANN401  # a file may hold anything
    """Return plain data with numbers that have no fraction as integers."""
    if isinstance(value, dict):
        return {key: _convert_batch_integers(value[key]) for key in value}
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int(value) if is_whole and abs(value) < _LARGEST_COUNT else value


def _open_batch_envelope(plain: Any) -> dict[str, Any]:  # noqa: ANN401  # a file may hold anything
    """Return an object with "items", "documents" or both; a list alone is one of items.

    Raises:
        InvalidInput: it is something else.
    """
    if isinstance(plain, list):
        return {"items": plain}
    if not isinstance(plain, dict):
        raise InvalidInput(
            _(
                "The file holds {found}; allowed: an object with items, or a list of items."
                " An example: {example}"
            ).format(found=quote_validated_value(plain), example=EXAMPLE)
        )
    stray = [key for key in plain if key not in _ENVELOPE]
    if stray or not ("items" in plain or "documents" in plain):
        raise InvalidInput(
            _("The file has {found} at its top; allowed: {allowed}. An example: {example}").format(
                found=", ".join(map(quote_validated_value, stray)) or _("no items"),
                allowed=", ".join(_ENVELOPE),
                example=EXAMPLE,
            )
        )
    return plain


def _parse_batch_json(text: str) -> Any:  # noqa: ANN401  # a file may hold anything
    return _build_batch_decoder().decode(text)


def _build_batch_decoder() -> "JSONDecoder":
    """Build what decodes JSON with exact numbers, and refuses a field that stands twice."""
    from json import JSONDecoder

    return JSONDecoder(
        parse_float=_parse_batch_number,
        parse_int=_parse_batch_number,
        parse_constant=_refuse_number_in_batch,
        object_pairs_hook=_build_batch_object,
    )


def _parse_batch_json_lines(text: str) -> dict[str, Any]:
    documents: list[Any] = []
    items: list[Any] = []
    papers: list[Any] = []
    # Not splitlines(): a JSON text may hold other line separators, such as U+2028.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                plain = _parse_batch_json(line)
            except ValueError as error:
                raise ValueError(
                    _("line {number}: {reason}").format(number=number, reason=error)
                ) from None
            # Documents have a title, initiatives a name, numbers of papers a paper.
            keys = plain if isinstance(plain, dict) else ()
            (documents if "title" in keys else papers if "paper" in keys else items).append(plain)
    return {"documents": documents, "papers": papers, "items": items}


def _parse_batch_toml(text: str) -> Any:  # noqa: ANN401  # a file may hold anything
    return _convert_batch_numbers(parse_toml(text, _parse_batch_number))


def _convert_batch_numbers(value: Any) -> Any:  # noqa: ANN401  # a file may hold anything
    if isinstance(value, dict):
        return {key: _convert_batch_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_convert_batch_numbers(inner) for inner in value]
    # TOML has integers of its own, which parse_float is not called for.
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return Decimal(value) if is_whole else value


def _parse_batch_number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _refuse_number_in_batch(text)


def _refuse_number_in_batch(text: str) -> NoReturn:
    raise ValueError(_("{found} is no number").format(found=text))


def _build_batch_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object. Refuse a field that stands in it twice: one would be lost."""
    plain = dict(pairs)
    if len(plain) < len(pairs):
        counts = Counter(key for key, _value in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        name = quote_validated_id(plain["id"]) if "id" in plain else _("an object")
        raise ValueError(
            _("{name} has the field {field} twice; remove one").format(
                name=name, field=quote_validated_value(twice)
            )
        )
    return plain


def _get_batch_list(plain: Mapping[str, Any], key: str) -> list[Any]:
    listed = plain.get(key, [])
    if not isinstance(listed, list):
        raise InvalidInput(
            _("{field} is {found}; allowed: a list.").format(
                field=key, found=quote_validated_value(listed)
            )
        )
    return listed


def _complete_batch_item(raw: Any, problems: list[Problem]) -> Any:  # noqa: ANN401  # a file may hold anything
    """Add, in place, names that a part may leave out, and the initiative to short ids."""
    if not isinstance(raw, dict):
        return raw
    own = raw.setdefault("id", "")
    raw.setdefault("name", "")
    indicators = raw.get("indicators")
    for indicator in indicators if isinstance(indicators, list) else ():
        if isinstance(indicator, dict):
            indicator.setdefault("name", "")
            name = indicator.setdefault("id", "")
            if isinstance(name, str) and "." not in name:
                indicator["id"] = f"{own}.{name}"
            elif isinstance(name, str) and name.partition(".")[0] != own:
                sentence = _("{id}: an indicator of it has the id {found}; allowed: {id}.…").format(
                    id=quote_validated_id(own), found=quote_validated_value(name)
                )
                problems.append(Problem(record=str(own), sentence=sentence))
    return raw
