"""Reads a CSV or XLSX into rows of texts, in a process of its own with limits: a hostile file ends that process alone.

Run as a script: the bytes come on standard input, the format as the argument, the rows leave as JSON. Knows nothing of the
app, so that it starts in a moment.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

CPU_SECONDS = 10
MEMORY = 768 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 4_000


class Unreadable(Exception):
    """The file cannot be read; the text is a code that the app turns into a sentence."""


Rows = list[tuple[int, list[str]]]
"""Rows with their number in the file, as people count: the first is 1; empty rows are left out."""


def rows_of_csv(content: bytes) -> Rows:
    """Return the rows of a CSV file: UTF-8 (or UTF-16 with its mark), separated by comma, semicolon or tab."""
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable("nul")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = 0
    if lines.startswith("#"):  # the first line may tell the source
        lines, skipped = lines.partition("\n")[2], 1
    header = lines.lstrip("\n").partition("\n")[0]
    separator = max(",;\t", key=header.count)
    csv.field_size_limit(1 << 30)
    found: Rows = []
    reader, number = csv.reader(StringIO(lines, newline=""), delimiter=separator, strict=True), skipped + 1
    try:
        for row in reader:
            if any(row):
                found.append((number, row))
            number = skipped + reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("csv") from error
    return found


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error


def rows_of_xlsx(content: bytes) -> Rows:
    """Return the rows of the first sheet that has any, values as texts."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height > MOST_ROWS + 2:
                raise Unreadable("rows")
            if sheet.width > MOST_COLUMNS:
                raise Unreadable("columns")
            first = (sheet.start or (0, 0))[0] + 1
            numbered = enumerate(sheet.to_python(skip_empty_area=True), first)
            rows = [(number, [_text(cell) for cell in row]) for number, row in numbered]
            if any(any(row) for _, row in rows):
                return [(number, row) for number, row in rows if any(row)]
    except Unreadable:
        raise
    except BaseException as error:  # a Rust panic is no Exception
        raise Unreadable("xlsx") from error
    return []


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)


def checked(rows: Rows) -> Rows:
    """Return the rows when they stay within the limits."""
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable("rows")
    if any(len(row) > MOST_COLUMNS for _, row in rows):
        raise Unreadable("columns")
    if any(len(cell) > LONGEST_CELL for _, row in rows for cell in row):
        raise Unreadable("cell")
    if any("\0" in cell for _, row in rows for cell in row):
        raise Unreadable("nul")
    return rows


def limit_this_process() -> None:
    """Take computing time, memory and core dumps from this process; Windows has no such limits, only the app's patience."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(form: str) -> None:
    """Read standard input and print `{"rows": …}` or `{"fault": code}`."""
    limit_this_process()
    read = rows_of_csv if form == "csv" else rows_of_xlsx
    try:
        answer: dict[str, Any] = {"rows": checked(read(sys.stdin.buffer.read()))}
    except Unreadable as error:
        answer = {"fault": str(error)}
    except MemoryError:
        answer = {"fault": "memory"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
