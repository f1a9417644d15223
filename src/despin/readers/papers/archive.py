"""ZIP archives: members read within bounds, and some put back while all else keeps its bytes. Start from `Archive`.

zipfile can only write an archive anew. Here the entries that stay are copied as they are, compressed data, time stamps,
order and extra fields among them, and so is the directory but for the sizes and places of what changed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..source import InputError

_PART = 1 << 20
_LOCAL = struct.Struct("<4s5H3I2H")  # https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7
_CENTRAL = struct.Struct("<4s6H3I5H2I")  # 4.3.12
_END = struct.Struct("<4s4H2IH")  # 4.3.16
_DESCRIPTOR = 0x08  # flag: sizes stand behind the data
_ENCRYPTED = 0x01
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Archive:
    """The archive in `data`, which messages call `name`; at most `limit` bytes of it are unpacked."""

    def __init__(self, data: bytes, name: str, limit: int) -> None:
        """Raises `InputError` where it is none, or is encrypted."""
        self.data, self.name, self.limit, self.unpacked = data, name, limit, 0
        if data.startswith(_OLE):
            raise InputError(
                name, "is protected by a password, or in the old format of Word; save it anew without a password"
            )
        with self._explained():
            self._file = zipfile.ZipFile(io.BytesIO(data))
        self.members = {info.filename: info for info in self._file.infolist()}

    def __contains__(self, member: str) -> bool:
        return member in self.members

    def read(self, member: str) -> bytes:
        """The content of `member`.

        Raises
        ------
        InputError
            It is not there, is damaged or encrypted, or all that was read is more than the limit.
        """
        info = self.members.get(member)
        if info is None:
            raise InputError(self.name, f"is damaged: there is no {member} in it")
        if info.flag_bits & _ENCRYPTED:
            raise InputError(self.name, "is encrypted; save it without a password first")
        parts = []
        with self._explained(), self._file.open(info) as file:
            while part := file.read(_PART):
                self.unpacked += len(part)
                if self.unpacked > self.limit:
                    raise InputError(
                        self.name, f"unpacks to more than {self.limit:,} bytes; allow more with --max-bytes"
                    )
                parts.append(part)
        return b"".join(parts)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError) as problem:
            if isinstance(problem, InputError):
                raise
            raise InputError(self.name, f"is damaged: it cannot be unpacked ({problem})") from None
        except (NotImplementedError, RuntimeError) as problem:
            raise InputError(self.name, f"cannot be unpacked: {problem}") from None

    def replaced(self, contents: Mapping[str, bytes]) -> bytes:
        """The archive with other `contents` of some members, by name, and every other byte of an entry as it is.

        Raises
        ------
        InputError
            It is of a kind that cannot be put together again.
        """
        try:
            return self._replaced(contents)
        except (struct.error, IndexError, KeyError, ValueError) as problem:
            if isinstance(problem, InputError):
                raise
            raise InputError(self.name, "cannot be written: its directory is damaged") from None

    def _replaced(self, contents: Mapping[str, bytes]) -> bytes:
        changed = {self.members[name].header_offset: content for name, content in contents.items()}
        end = self.data.rindex(_END.pack(b"PK\5\6", *[0] * 7)[:4])
        closing = list(_END.unpack_from(self.data, end))
        infos = sorted(self._file.infolist(), key=lambda info: info.header_offset)
        places = [info.header_offset for info in infos]
        size, directory = closing[5], closing[6]
        if directory + size != end or len(set(places)) != len(places):
            raise InputError(self.name, "cannot be written: it is a ZIP archive of a kind that despin only reads")
        pieces, moved, sizes = [self.data[: places[0]] if places else b""], {}, {}
        at = len(pieces[0])
        for info, stop in zip(infos, [*places[1:], directory], strict=True):
            moved[info.header_offset] = at
            entry = self.data[info.header_offset : stop]
            if info.header_offset in changed:
                entry, sizes[info.header_offset] = _entry(entry, info.compress_type, changed[info.header_offset])
            pieces.append(entry)
            at += len(entry)
        central = _directory(self.data[directory : directory + size], moved, sizes)
        closing[6] = at
        between = self.data[directory + size : end]
        return b"".join([*pieces, central, between, _END.pack(*closing), self.data[end + _END.size :]])


def _entry(entry: bytes, method: int, content: bytes) -> tuple[bytes, tuple[int, int, int, int]]:
    """The bytes of an entry with another content; and its flags, checksum and sizes, for the directory."""
    head = list(_LOCAL.unpack_from(entry))
    stop = _LOCAL.size + head[9] + head[10]
    packed = content
    if method == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
    else:
        head[3] = zipfile.ZIP_STORED
    head[2] &= ~_DESCRIPTOR
    checked = (zlib.crc32(content), len(packed), len(content))
    head[6:9] = checked
    return _LOCAL.pack(*head) + entry[_LOCAL.size : stop] + packed, (head[2], *checked)


def _directory(directory: bytes, moved: Mapping[int, int], sizes: Mapping[int, tuple[int, int, int, int]]) -> bytes:
    """The directory, with the places of entries that `moved` and the numbers of those that changed."""
    pieces, at = [], 0
    while directory.startswith(b"PK\1\2", at):
        head = list(_CENTRAL.unpack_from(directory, at))
        stop = at + _CENTRAL.size + sum(head[10:13])
        was = head[16]
        if was in sizes:
            flags, *checked = sizes[was]
            head[3], head[7:10] = flags, checked
            head[4] = head[4] if head[4] == zipfile.ZIP_DEFLATED else zipfile.ZIP_STORED
        head[16] = moved[was]
        pieces.append(_CENTRAL.pack(*head) + directory[at + _CENTRAL.size : stop])
        at = stop
    return b"".join([*pieces, directory[at:]])
