"""Sets of small numbers as bits: little-endian, bit i of byte i // 8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, count

_TRUTH = bytes.maketrans(b"01", b"\0\1")
_SET = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


def each(bitmap: bytes) -> Iterator[int]:
    """The set positions, lowest first; stops early at no cost."""
    for number, byte in enumerate(bitmap):
        if byte:
            base = number * 8
            for bit in _SET[byte]:
                yield base + bit


def positions(bitmap: bytes) -> list[int]:
    """All set positions, lowest first."""
    digits = bin(int.from_bytes(bitmap, "little"))[:1:-1].encode()  # the lowest bit first
    return list(compress(count(), digits.translate(_TRUTH)))


def each_of(mask: int) -> Iterator[int]:
    """The set positions of a bit set held as an int."""
    return each(mask.to_bytes((mask.bit_length() + 7) // 8, "little"))


def bitmap_of(positions: Sequence[int]) -> bytes:
    """The bytes that `each` reads, without trailing zero bytes."""
    bitmap = bytearray((max(positions) >> 3) + 1 if positions else 0)
    for position in positions:
        bitmap[position >> 3] |= 1 << (position & 7)
    return bytes(bitmap)
