"""Tables: one list of rows, printed for people or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """What one part of a benchmark found."""

    name: str
    """For --only, and the key in JSON."""
    title: str
    rows: Sequence[Row]
    """One mapping a row; the keys are the column heads."""
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        heads = list(dict.fromkeys(key for row in self.rows for key in row))
        cells = [heads, *([_cell(row.get(head)) for head in heads] for row in self.rows)]
        widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
        words = [all(isinstance(row.get(head, ""), str) for row in self.rows) for head in heads]
        align = [str.ljust if left else str.rjust for left in words]
        lines = [
            "  ".join(put(cell, width) for put, cell, width in zip(align, line, widths, strict=True)).rstrip()
            for line in cells
        ]
        rule = "-" * max(map(len, lines), default=0)
        return "\n".join([self.title, rule, *lines[:1], rule, *lines[1:], *(f"  {note}" for note in self.notes)])


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def show(tables: Iterable[Table], as_json: bool) -> None:
    """Print each table as it comes, or all of them as JSON in the end."""
    made = []
    for table in tables:
        made.append(table)
        if not as_json:
            print(table, end="\n\n", flush=True)
    if as_json:
        print(to_json(made))


def to_json(tables: Sequence[Table]) -> str:
    """All tables as one object: name → {title, rows, notes}; what is not a number is null."""
    return json.dumps(
        {
            table.name: {
                "title": table.title,
                "rows": [{key: _plain(value) for key, value in row.items()} for row in table.rows],
                "notes": list(table.notes),
            }
            for table in tables
        },
        indent=1,
        ensure_ascii=False,
    )
