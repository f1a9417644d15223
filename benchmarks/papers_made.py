"""Small documents, made by hand: what tests and benchmarks of papers share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

Placed = tuple[float, float, float, str]  # left, bottom, size in points, and the line


def pdf(pages: Sequence[Iterable[Placed]], *, encrypted: bool = False) -> bytes:
    """A PDF whose pages have these lines, in Helvetica."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for page in pages:
        shown = "".join(
            f"BT /F {size} Tf {left} {bottom} Td ({escaped(text)}) Tj ET\n" for left, bottom, size, text in page
        )
        stream = shown.encode("latin-1")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"
            % content
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    more = b""
    if encrypted:
        objects.append(b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32))
        more = b"/Encrypt %d 0 R/ID[<00><00>]" % len(objects)
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, table))
    return out.getvalue()


def escaped(text: str) -> str:
    """`text` in a string of PDF."""
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(lines: Iterable[str], left: float = 72, top: float = 770, size: float = 10) -> list[Placed]:
    """Lines under each other; an empty one is a gap, and one that begins with a tab is indented."""
    placed, bottom = [], top
    for line in lines:
        if line.strip():
            placed.append((left + 15 * line.startswith("\t"), bottom, size, line.strip()))
        bottom -= 1.2 * size
    return placed


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive with these members in order, a comment, and times of long ago."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in members.items():
            packed = zipfile.ZIP_STORED if name == "mimetype" else method
            file.writestr(zipfile.ZipInfo(name, (1999, 1, 2, 3, 4, 6)), content, compress_type=packed)
        file.comment = b"made by a test"
    return out.getvalue()
