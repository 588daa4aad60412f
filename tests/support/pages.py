"""Pages as they are written, without what is the same on each of them."""

import json
import re
from base64 import b64decode
from io import BytesIO
from typing import Any
from zipfile import ZipFile


def outline_page(page: str) -> str:
    """Return a page without style, script, sums and packed data, an element a line."""
    page = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)
    page = re.sub(r"sha256-[^']+", "sha256-…", page)
    page = re.sub(r'(?<=base64,)[^"]+', "…", page)
    return re.sub(r"(?<=>)(?=<(?!/))", "\n", page)


def unpack_data(page: str) -> dict[str, str]:
    """Return the files that are packed into a page, by their names."""
    match = re.search(r'href="data:application/zip;base64,([^"]+)"', page)
    assert match is not None
    with ZipFile(BytesIO(b64decode(match[1]))) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def items_of(page: str, table: str) -> Any:  # noqa: ANN401  # any JSON
    """Return the rows of a table that are packed into a page."""
    return json.loads(unpack_data(page)[f"{table}.json"])["items"]
