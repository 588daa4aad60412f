"""Write a report, one report for each lead, or the whole pack of a month, to files."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from tracker.cli.context import CommandContext
from tracker.cli.file_output import OutputTarget, check_file_output, write_file_output
from tracker.cli.options import FilterOptions
from tracker.cli.output import check_command_output, write_stdout
from tracker.cli.progress import announce_wait
from tracker.errors import InvalidInput, Refused, describe_error_reason
from tracker.locale.translation import _, _n
from tracker.model.periods import Period, describe_period
from tracker.output.model import Sheet
from tracker.reports import build
from tracker.reports.build import ReportDays, ReportPlan, ReportSettings
from tracker.system.text import make_text_visible

_PACK = (("brief", "docx"), ("ledger", "xlsx"), ("ledger", "html"))
"""Reports of a pack that are one file each."""
_PACK_BY_LEAD = (("notices", "docx"), ("form", "xlsx"))
"""Reports of a pack that are one file for each lead."""
_LONGEST_NAME = 60


def choose_format_of_report_files(kind: str) -> str:
    """Return the format that files for leads have where none is asked for."""
    return next((output for name, output in _PACK_BY_LEAD if name == kind), "docx")


def prepare_folder_of_report_files(name: str) -> Path:
    """Return a folder for files; it is made where there is none.

    Raises:
        InvalidInput: it cannot be made.
    """
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = _("{folder} is no folder that can be written to: {reason}.")
        raise InvalidInput(
            sentence.format(folder=name, reason=describe_error_reason(error))
        ) from None
    return folder


def write_report_file(
    context: CommandContext,
    plan: ReportPlan,
    filters: FilterOptions,
    output: str,
    target: OutputTarget,
    *,
    is_in_pack: bool = False,
) -> None:
    """Build a report and write it to its file, or to stdout.

    A pack says once for all of its papers what they lack.
    """
    with announce_wait(_("The report is being made …")):
        terms = _read_settings_of_report_files(context)
        where = context.build_filter(filters, plan.when)
        build_sheet = partial(build.build_report, plan, context.tracker, where, terms)
        sheet = build_sheet()
        takes = output == "docx" and target.file is not None
        if takes and _take_numbers_of_papers(context, [sheet]):
            # The ledger holds the numbers now, and a paper names the head that it was made from.
            sheet = build_sheet()
        ids = build.list_indicators_of_built_report(plan, sheet)
        content = sheet if ids is None else context.with_calendar(sheet, output, ids, plan.when)
        write_file_output(context, content, output, target)
    is_paper = output == "docx" and bool(sheet.papers)
    if is_paper and not is_in_pack:
        _warn_of_unset_paper_settings(context, [plan.kind])
    _warn_of_report_file(context, plan, sheet, terms, is_paper=is_paper)


def split_report_into_files(
    context: CommandContext,
    plan: ReportPlan,
    filters: FilterOptions,
    folder: Path,
    output: str,
    *,
    force: bool,
    is_in_pack: bool = False,
) -> list[Path]:
    """Write a report for each lead into a folder, and return the files.

    A pack says once for all of its papers what they lack.

    Raises:
        Conflict: one of the files is there; none is written.
    """
    check_command_output(output, to_file=True)
    terms = _read_settings_of_report_files(context)
    with announce_wait(_("The report is being made …")):
        where = context.build_filter(filters, plan.when)
        build_parts = partial(build.build_report_by_lead, plan, context.tracker, where, terms)
        parts = list(build_parts())
        if output == "docx":
            if any(sheet.papers for _lead, sheet in parts) and not is_in_pack:
                _warn_of_unset_paper_settings(context, [plan.kind])
            _warn_of_matters_without_lead(context, plan, [sheet for _lead, sheet in parts])
            parts = [part for part in parts if not _is_empty_paper(part[1])]
        names = list(_name_report_files(plan, [lead for lead, _sheet in parts], output))
        targets = [check_file_output(str(folder / name), force=force) for name in names]
        sheets = [sheet for _lead, sheet in parts]
        if output == "docx" and _take_numbers_of_papers(context, sheets):
            parts = [part for part in build_parts() if not _is_empty_paper(part[1])]
        for (_lead, sheet), target in zip(parts, targets, strict=True):
            write_file_output(context, sheet, output, target)
    return [target.file for target in targets if target.file is not None]


def write_pack_of_report_files(
    context: CommandContext,
    folder_name: str | None,
    filters: FilterOptions,
    days: ReportDays,
    *,
    force: bool,
) -> None:
    """Write the pack of a month into a folder: brief, ledger, page, notices and forms by lead.

    Raises:
        InvalidInput: no folder is named.
        Conflict: one of the files is there.
    """
    if folder_name in {None, "-"}:
        raise InvalidInput(_("Name the folder for the reports with -O DIR."))
    folder = prepare_folder_of_report_files(str(folder_name))
    files: list[Path] = []
    kinds = [kind for kind, _output in _PACK]
    for kind, output in _PACK:
        plan = build.plan_report_build(kind, days, context.today)
        (name,) = _name_report_files(plan, [None], output, is_split=False)
        target = check_file_output(str(folder / name), force=force)
        write_report_file(context, plan, filters, output, target, is_in_pack=True)
        files.append(folder / name)
    for kind, output in _PACK_BY_LEAD:
        plan = build.plan_report_build(kind, days, context.today)
        inner = prepare_folder_of_report_files(str(folder / _get_word_for_report_file(kind)))
        parts = split_report_into_files(
            context, plan, filters, inner, output, force=force, is_in_pack=True
        )
        files += parts
        kinds += [kind] if parts else []
    _warn_of_unset_paper_settings(context, kinds)
    announce_written_report_files(context, files)


def announce_written_report_files(context: CommandContext, files: Sequence[Path]) -> None:
    """Print the files that were written, one a line."""
    if not files:
        context.warn(_("There is nothing to report, so no file was written."))
    write_stdout("".join(f"{make_text_visible(str(file))}\n" for file in files))


def _take_numbers_of_papers(context: CommandContext, sheets: Sequence[Sheet]) -> bool:
    """Take numbers for papers that have none, if the office numbers them; return whether any was.

    Who may not change the ledger makes papers without a number.
    """
    papers = [paper for sheet in sheets for paper in sheet.papers if paper.key.kind]
    word = context.settings["number_word"]
    if not papers or not word:
        return False
    ledger = context.tracker
    before = ledger.number_papers(papers, "")
    if all(paper.key in before for paper in papers):
        return False
    try:
        ledger.number_papers(papers, word)
    except Refused as error:
        context.warn(error.sentence, _("The papers have no number."))
        return False
    return True


def _read_settings_of_report_files(context: CommandContext) -> ReportSettings:
    return ReportSettings(**{name: context.settings[name] for name in ReportSettings._fields})


def _is_empty_paper(sheet: Sheet) -> bool:
    """Return whether all that a sheet says as a paper is that there is nothing to say to a lead."""
    return bool(sheet.papers) and not any(paper.key.kind for paper in sheet.papers)


def _warn_of_unset_paper_settings(context: CommandContext, kinds: Sequence[str]) -> None:
    """Name the typefaces that papers of these kinds lack, and what is left out as it is not set."""
    _warn_of_missing_typefaces(context)
    names = ["issuer", "number_word", "signer"]
    names += ["contact"] if "notices" in kinds else []
    unset = [name for name in names if not context.settings[name]]
    if unset:
        sentence = _("The papers leave out what is not set: {names}; write that into {file}.")
        context.warn(sentence.format(names=", ".join(unset), file=context.settings.file))


def _warn_of_matters_without_lead(
    context: CommandContext, plan: ReportPlan, sheets: Sequence[Sheet]
) -> None:
    """Say of how many matters nobody gets a notice."""
    if plan.kind == "notices":
        rows = (item for sheet in sheets for item in sheet.items)
        count = sum(item["table"] == "notice-0" for item in rows)
        if count:
            sentence = _n(
                "{count} matter has no lead, so there is no notice of it; name one with: tracker"
                " edit ID --lead NAME",
                "{count} matters have no lead, so there is no notice of them; name one with:"
                " tracker edit ID --lead NAME",
                count,
            )
            context.warn(sentence.format(count=count))


def _warn_of_missing_typefaces(context: CommandContext) -> None:
    """Name the typefaces of papers that this machine does not have, where it can say."""
    from tracker.output.word_markup import list_missing_word_typefaces
    from tracker.system.subprocesses import list_installed_typefaces

    installed = list_installed_typefaces()
    missing = list_missing_word_typefaces(installed) if installed else []
    if missing:
        sentence = _(
            "The papers are set in typefaces that this machine does not have: {names}; others"
            " stand in for them here."
        )
        context.warn(sentence.format(names=_(", ").join(missing)))


def _warn_of_report_file(
    context: CommandContext,
    plan: ReportPlan,
    sheet: Sheet,
    terms: ReportSettings,
    *,
    is_paper: bool,
) -> None:
    """Say what is missing on a report, or that a form asks for nothing."""
    if is_paper:
        _warn_of_matters_without_lead(context, plan, [sheet])
    elif plan.kind == "notices" and not terms.contact:
        sentence = _("The notices name nobody to answer to; write contact into {file}.")
        context.warn(sentence.format(file=context.settings.file))
    if plan.kind == "form" and not sheet.tables:
        context.warn(_("Nothing is owed for this period; --all asks for all that is active."))


def _name_report_files(
    plan: ReportPlan, leads: Sequence[str | None], output: str, *, is_split: bool = True
) -> Iterator[str]:
    """Yield the name of the file for each lead, no two of them alike."""
    taken: set[str] = set()
    day = str(plan.when.as_of)
    if plan.period is not None:
        day = describe_period(plan.period)
    elif plan.since is not None and plan.when.as_of is not None:
        day = describe_period(Period(plan.since, plan.when.as_of))
    for lead in leads:
        words = [_get_word_for_report_file(plan.kind)]
        if is_split:
            words.append(lead or _("no lead named"))
        stem = _clean_report_file_name("-".join([*words, day.replace(" ", "")]))
        name, at = stem, 1
        while name.casefold() in taken:
            at += 1
            name = f"{stem}-{at}"
        taken.add(name.casefold())
        yield f"{name}.{output}"


def _get_word_for_report_file(kind: str) -> str:
    """Return what the files of a kind of report are called."""
    words = {"brief": _("brief"), "ledger": _("ledger"), "notices": _("notices"), "form": _("form")}
    return _clean_report_file_name(words.get(kind, kind))


def _clean_report_file_name(text: str) -> str:
    """Return a text as part of a file name that every system takes."""
    clean = re.sub(r'[\\/:*?"<>|\s]+', "_", make_text_visible(text))
    return clean.strip("._")[:_LONGEST_NAME] or "_"
