"""What is asked finds what is meant, and nothing comes out empty without a reason."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from program import Program
from typer.main import get_command

from tracker.cli.app import root
from tracker.cli.command_index import COMMANDS

FILTERED = (
    "list",
    "overdue",
    "due",
    "behind",
    "unreported",
    "tree",
    "search 市",
    "status",
    "status --by lead",
    "check",
    "export",
    "timeline",
    "report ledger",
    "remind --list",
)
LISTS = (
    "list",
    "overdue",
    "tree",
    "documents",
    "unreported",
    "status --by lead",
    "check",
    "history",
    "search 市",
)
COMMAND: Any = get_command(root)


def ids(program: Program, line: str, *more: str) -> list[str]:
    done = program(line, *more, "-o", "ids")
    assert done.code == 0, done.err
    return done.out.split()


def test_several_values_of_a_filter_mean_either(seeded: Program) -> None:
    for flag, one, other in (
        ("--light", "red", "none"),
        ("--place", "历下", "历城"),
        ("--category", "就业", "农村"),
        ("--kind", "platform", "policy"),
        ("--commitment", "outcome", "effort"),
        ("--document", "2020", "2025"),
        ("--tag", "双中心", "两大中心"),
        ("--text", "污水", "直播"),
        ("--level", "city", "national"),
    ):
        apart = {*ids(seeded, "list", flag, one)} | {*ids(seeded, "list", flag, other)}
        assert {*ids(seeded, "list", flag, one, flag, other)} == apart != set(), flag
    both = {*ids(seeded, "list --category 农村 --light red --light none")}
    assert both == {*ids(seeded, "list --category 农村")} & {
        *ids(seeded, "list --light red --light none")
    }


def options() -> Iterator[tuple[str, str]]:
    """Every flag of every command that takes one value."""
    for name in COMMANDS:
        command = COMMAND.get_command(None, name)
        for param in command.params:
            single = param.param_type_name == "option" and not (
                param.multiple or param.is_flag or param.count
            )
            if single:
                for spelling in param.opts:
                    yield name, spelling


def test_a_flag_that_takes_one_value_is_not_given_twice(program: Program) -> None:
    for name, flag in options():
        done = program(name, flag, "1", flag, "2")
        assert done.code == 2, (name, flag)
        if "given twice" not in done.err:
            # Something else that is missing may be named first, or what is no number.
            assert re.search("Missing|whole number|allowed", done.err), (name, flag, done.err)


@pytest.mark.parametrize(
    "line",
    [
        "list -o ids -o json",
        "list --output ids -o json",
        "list --limit 1 --limit 2",
        "overdue --as-of 2025-01-01 --as-of 2025-01-01",
        "--db a --db b list",
        "add x --id x --place a --place b",
        "list --sort id --sort name",
        "list --due-before 2025 --due-before 2026",
    ],
)
def test_the_sentence_names_the_flag(small: Program, line: str) -> None:
    done = small(line)
    assert (done.code, done.out) == (2, "")
    assert re.search(r"--[a-z-]+ is given twice", done.err)


@pytest.mark.parametrize("line", FILTERED)
def test_a_value_that_occurs_nowhere_is_not_found(seeded: Program, line: str) -> None:
    for flag, wrong, near in (
        ("--place", "厉下区", "济南市历下区"),
        ("--tag", "双中新", "双中心"),
        ("--document", "2025-01-10", "2025-01-09-shizhong"),
        ("--category", "农业", "农村"),
    ):
        done = seeded(line, flag, wrong)
        assert (done.code, done.out) == (3, ""), (line, flag, done.err)
        assert flag in done.err
        assert near in done.err
        # One that occurs does not help the other.
        assert seeded(line, flag, wrong, flag, near).code == 3


def test_a_title_of_a_document_names_its_id(small: Program) -> None:
    small("add '《年度 工作计划》' --id plan --published 2026-01-09")
    refused = small("list --document 工作计划 -o json")
    assert refused.code == 3
    assert refused.error["candidates"] == [{"id": "plan", "name": "《年度 工作计划》"}]


def test_a_word_of_a_vocabulary_is_refused_with_the_words(seeded: Program) -> None:
    for flag in ("--light", "--state", "--kind", "--level", "--commitment"):
        done = seeded(f"list {flag} blue")
        assert done.code == 2
        assert "allowed: " in done.err


def test_a_lead_with_an_address_may_have_no_record(seeded: Program, place: Path) -> None:
    assert seeded("list --lead 区园林局").code == 3
    (place / "tracker.toml").write_text('[addresses]\n"区园林局" = "stdout:"\n', "utf-8")
    done = seeded("list --lead 区园林局 -o ids")
    assert (done.code, done.out) == (0, "")


def test_a_list_is_sorted_by_any_column(seeded: Program) -> None:
    def column(key: str, sort: str, *more: str) -> list[str]:
        out = seeded("list -o csv --sort", sort, "--columns", key, *more).out
        return [row[0] for row in csv.reader(io.StringIO(out))][1:]

    done = column("done", "done")
    known = [float(each) for each in done if each]
    assert known == sorted(known)
    assert done[len(known) :] == [""] * (len(done) - len(known))
    falling = column("done", "-done")
    assert [float(each) for each in falling if each] == sorted(known, reverse=True)
    assert falling[-1] == ""
    lights = column("light", "-light")
    assert list(dict.fromkeys(lights)) == ["red", "green", "none"]
    assert column("id", "id", "--limit", "3") == column("id", "id")[:3]
    assert seeded("list --sort nonsense").code == 2


@pytest.mark.parametrize("line", LISTS)
def test_columns_are_chosen_and_json_keeps_them_all(seeded: Program, line: str) -> None:
    header = seeded(line, "-o", "csv").out.splitlines()[0].split(",")
    for output in ("csv", "tsv"):
        chosen = f"{header[1]},{header[0]}"
        first = seeded(line, "-o", output, "--columns", chosen).out.splitlines()[0]
        assert re.split("[,\t]", first) == [header[1], header[0]]
    assert seeded(line, "--columns", header[0], "-o", "md").out.count("|") % 2 == 0
    whole = seeded(line, "-o", "json").out
    assert seeded(line, "-o", "json", "--columns", header[0]).out == whole
    wrong = seeded(line, "--columns", "nonsense")
    assert wrong.code == 2
    assert header[0] in wrong.err


def test_the_screen_has_no_columns(seeded: Program) -> None:
    assert seeded("status --sort id").code == 2
    assert seeded("status --columns id").code == 2


def test_tags_leads_and_notes_are_searched(small: Program) -> None:
    small("add 妇女儿童中心 --id centre --tag 双中心 --lead 区妇联 --support 团区委")
    small("add 建成 --to centre --id built --measure milestone --notes 力争年内")
    for words in ("双中心", "妇联", "团区委", "力争", "“双”中心", "双 中 心"):
        assert "centre" in ids(small, "search", words), words
        assert "centre.built" in ids(small, "list --text", words), words


def test_pinyin_is_read_where_nothing_else_fits(small: Program) -> None:
    small("add 老旧管网 --id pipes")
    small("add 重庆路改造 --id road")
    small("add ljgw --id letters")
    for words, found in (
        ("ljgw", "letters"),
        ("laojiuguanwang", "pipes"),
        ("LaoJiu", "pipes"),
        ("cqlgz", "road"),
        ("zql", "road"),
        ("chongqinglu", "road"),
    ):
        assert json.loads(small("show", words, "-o", "json").out)["items"][0]["id"] == found
    small("add 老街改造 --id street")
    done = small("show lj")
    assert done.code == 0  # a part of the name ljgw, before any pinyin
    small("add 老井改造 --id well")
    done = small("show ljgz")
    assert done.code == 3
    assert "street" in done.err
    assert "well" in done.err
    assert ids(small, "search ljgz") == ["street", "well"]
    assert small("show q").code == 3


def test_a_search_that_finds_nothing_says_so(small: Program) -> None:
    done = small("search 没有这个")
    assert done.code == 0
    assert "没有这个" in done.err


def test_what_was_entered_later_is_counted(small: Program) -> None:
    done = small("list --as-of 2020-01-01 -o json")
    assert (done.data["items"], done.data["left_out"]) == ([], 2)
    assert "2 indicators that were entered after 2020-01-01 are left out" in done.err
    for line in ("overdue", "due", "behind", "unreported", "status", "tree", "search 厕所"):
        assert small(f"{line} --as-of 2020-01-01 -o json").data["left_out"] == 2, line
    said = "2 indicators that were entered after 2020-01-01 are left out"
    for line in (
        "timeline",
        "report ledger",
        "report scoreboard",
        "remind --list",
        "remind --dry-run",
    ):
        done = small(f"{line} --as-of 2020-01-01 -o json")
        assert done.data["left_out"] == 2, line
        assert said in done.err, line
    for line in ("timeline", "report brief", "remind --dry-run", "remind --to stdout:", "export"):
        assert said in small(f"{line} --as-of 2020-01-01").err, line
    assert said in small("report ledger --as-of 2020-01-01 -O ledger.csv").err
    assert small("list -o json").data["left_out"] == 0


def test_init_adds_nothing_to_a_ledger_of_ones_own(seeded: Program) -> None:
    before = len(ids(seeded, "list"))
    assert "nothing new" in seeded("init").out
    assert seeded("--db own init --empty").code == 0
    done = seeded("--db own init")
    assert (done.code, "--seeds" in done.out) == (0, True)
    assert ids(seeded, "--db own list") == []
    assert seeded("--db own init --seeds").code == 0
    assert len(ids(seeded, "--db own list")) == before
    assert seeded("--db other init --empty --seeds").code == 2


def test_the_sentence_for_a_missing_ledger_says_what_there_is_to_do(program: Program) -> None:
    done = program("--db nowhere list")
    assert done.code == 5
    for words in ("--db", "tracker init --empty", "tracker init for a sample"):
        assert words in done.err


def test_every_filter_of_words_is_repeatable() -> None:
    command = COMMAND.get_command(None, "list")
    assert {param.name for param in command.params if getattr(param, "multiple", False)} >= {
        "place", "lead", "category", "kind", "level", "document", "tag", "light", "state",
        "commitment", "text",
    }  # fmt: skip


def test_an_export_of_rows_is_sorted_and_has_chosen_columns(small: Program) -> None:
    done = small("export -o csv --columns id,target --sort -id")
    assert done.out.splitlines() == ["id,target", "toilets.homes,2", "toilets.accepted,"]
    assert small("export -o md --columns id --sort id").out.count("toilets") == 2
    for flag in ("--sort id", "--columns id"):
        for form in ("json", "jsonl"):
            done = small(f"export -o {form} {flag}")
            assert done.code == 2
            assert flag.split()[0] in done.error["sentence"]
    assert small("export -o csv --sort nothing").code == 2
