"""Digests: how the server itself calculates what ``model.record.outline_of`` calculates here.

Only 64 bits of SHA-1 may stand under an exclusive or. CRC32, the usual choice, is linear: two rows
that swap a field, or an even number of rows that get one stamp, cancel out. CONCAT_WS, the usual
way to write a row, skips NULLs; here every value has its length before it and NULL its own mark.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Protocol

from bitewing.model.record import layout_mark
from bitewing.sources.opendental.shapes import TableShape

_TEXT_TYPES = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")
_NO_STAMP = "0000-00-00 00:00:00"


class Digests(Protocol):
    """SQL expressions for whole numbers of 64 bits."""

    def mark(self, key: str, stamp: str | None) -> str:
        """Of the key and the stamp of a row."""
        ...

    def row(self, shape: TableShape) -> str:
        """Of all columns of a row."""
        ...

    def xor(self, expression: str) -> str:
        """Of many rows: their exclusive or."""
        ...


class MySqlDigests:
    """For MySQL and MariaDB, in a session whose character set is utf8mb4."""

    def mark(self, key: str, stamp: str | None) -> str:
        """Of the key and the stamp; a zero stamp counts as none."""
        text = f"IFNULL(NULLIF(`{stamp}`, '{_NO_STAMP}'), '')" if stamp else "''"
        return _first_64_bits(f"CONCAT(`{key}`, ':', {text})")

    def row(self, shape: TableShape) -> str:
        """Of all columns, as the session would send them."""
        parts = [f"'{layout_mark(shape.columns).decode()}'"]
        for column in shape.columns:
            is_text = shape.type_of(column).split("(")[0].split(" ")[0].lower() in _TEXT_TYPES
            value = f"CONVERT(`{column}` USING utf8mb4)" if is_text else f"`{column}`"
            parts.append(f"IFNULL(CONCAT(LENGTH({value}), ':', {value}), 'N;')")
        return _first_64_bits(f"CONCAT({', '.join(parts)})")

    def xor(self, expression: str) -> str:
        """Of many rows."""
        return f"BIT_XOR({expression})"


def _first_64_bits(text: str) -> str:
    return f"CAST(CONV(LEFT(SHA1({text}), 16), 16, 10) AS UNSIGNED)"


class SqliteDigests:
    """For SQLite, with the functions that ``teach`` adds; it has no SHA-1 of its own."""

    def mark(self, key: str, stamp: str | None) -> str:
        """Of the key and the stamp."""
        text = f"IFNULL(NULLIF(`{stamp}`, '{_NO_STAMP}'), '')" if stamp else "''"
        return f"sha_64(CAST(`{key}` AS TEXT) || ':' || {text})"

    def row(self, shape: TableShape) -> str:
        """Of all columns."""
        columns = ", ".join(f"`{column}`" for column in shape.columns)
        return f"row_64('{layout_mark(shape.columns).decode()}', {columns})"

    def xor(self, expression: str) -> str:
        """Of many rows."""
        return f"xor_64({expression})"


def as_mysql_writes(value: bytes | int | float | str | None) -> bytes | None:  # noqa: PYI041 - mypy tells int and float apart
    """Write a value of SQLite as a MySQL server would write it."""
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, float):
        return b"%d" % value if value.is_integer() and abs(value) < 1e15 else repr(value).encode()  # noqa: PLR2004 - DBL_DIG
    return value.encode() if isinstance(value, str) else value


def teach(connection: sqlite3.Connection) -> None:
    """Add the functions; whole numbers of 64 bits go about as decimal text."""
    connection.create_function("sha_64", 1, _sha, deterministic=True)
    connection.create_function("row_64", -1, _row, deterministic=True)
    connection.create_aggregate("xor_64", 1, _Xor)  # type: ignore[arg-type]  # a number of arguments of its own


def _sha(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    digest = hashlib.sha1(raw, usedforsecurity=False).digest()
    return str(int.from_bytes(digest[:8], "big"))


def _row(mark: str, *values: bytes | float | str | None) -> str:
    written: Sequence[bytes | None] = [as_mysql_writes(value) for value in values]
    parts = (b"N;" if one is None else b"%d:%b" % (len(one), one) for one in written)
    return _sha(b"".join((mark.encode(), *parts)))


class _Xor:
    def __init__(self) -> None:
        self._bits = 0

    def step(self, number: str) -> None:
        self._bits ^= int(number)

    def finalize(self) -> str:
        return str(self._bits)
