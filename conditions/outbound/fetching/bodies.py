"""Bodies: read piece by piece and unpacked up to a cap, whatever the site promised."""

from __future__ import annotations

import zlib
from typing import Any

from requests import Response

from conditions.outbound.fetching.answers import FetchFailed, FetchRefused

PIECE = 65_536
PACKED = "gzip, deflate"
_ANY_HEADER = 47  # zlib and gzip, told apart by zlib itself
_NO_HEADER = -15


def read_body(answer: Response, *, most: int) -> bytes:
    """The body of ``answer``, unpacked. Raises FetchRefused beyond ``most`` bytes on either side.

    Raises FetchFailed when it is packed in another way than asked for, broken, or ends early.
    """
    promised = _promised(answer)
    if promised is not None and promised > most:
        raise _too_large(most)
    packing = answer.headers.get("Content-Encoding", "").strip().lower()
    unpacker = _unpacker(packing, most)
    came = 0
    while piece := answer.raw.read1(PIECE, decode_content=False):
        came += len(piece)
        if came > most:
            raise _too_large(most)
        unpacker.take(piece)
    if promised is not None and came != promised:
        raise FetchFailed("The answer ended before its end.")
    return unpacker.end()


def _promised(answer: Response) -> int | None:
    text = answer.headers.get("Content-Length", "").strip()
    if "Transfer-Encoding" in answer.headers or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < 16 else 10**16


def _unpacker(packing: str, most: int) -> _AsItIs | _Inflated:
    if packing in ("", "identity"):
        return _AsItIs()
    if packing in ("gzip", "x-gzip", "deflate"):
        return _Inflated(most)
    raise FetchFailed(f"The answer is packed in a way that was not asked for: {packing[:40]!r}.")


class _AsItIs:
    def __init__(self) -> None:
        self._body = bytearray()

    def take(self, piece: bytes) -> None:
        self._body += piece

    def end(self) -> bytes:
        return bytes(self._body)


class _Inflated:
    """Unpacks never more than one byte beyond the cap, however small the packed bytes are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._body = bytearray()
        self._inflater: Any = zlib.decompressobj(_ANY_HEADER)
        self._has_begun = False

    def take(self, piece: bytes) -> None:
        while piece:
            if self._inflater.eof:
                # Several packed parts, one after the other, are one body.
                self._inflater = zlib.decompressobj(_ANY_HEADER)
            piece = self._inflate(piece)
            if len(self._body) > self._most:
                raise _too_large(self._most)

    def end(self) -> bytes:
        if self._has_begun and not self._inflater.eof:
            raise FetchFailed("The answer ended before its end.")
        return bytes(self._body)

    def _inflate(self, piece: bytes) -> bytes:
        room = self._most + 1 - len(self._body)
        try:
            self._body += self._inflater.decompress(piece, room)
        except zlib.error as error:
            if self._has_begun:
                raise FetchFailed("The answer is packed and broken.") from error
            # Some sites send what they call deflate without the header that it should have.
            self._inflater = zlib.decompressobj(_NO_HEADER)
            try:
                self._body += self._inflater.decompress(piece, room)
            except zlib.error as again:
                raise FetchFailed("The answer is packed and broken.") from again
        self._has_begun = True
        return bytes(self._inflater.unused_data or self._inflater.unconsumed_tail)


def _too_large(most: int) -> FetchRefused:
    return FetchRefused(
        f"The document is larger than {most:,} bytes.",
        field="size",
        value=most,
        remedy="Raise CAPTURE_MAX_BYTES, or upload the part that matters as a file.",
    )
