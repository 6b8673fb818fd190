"""Images of Records at rest: MessagePack in zstd frames.

The rows of one table are much alike, so a small dictionary per Source and Watch, trained on the
first larger batch, makes a row several times smaller than it would be alone. Every frame names
its dictionary in its header (RFC 8878, 3.1.1.1 "Frame_Header"), so frames from before and after
the training live side by side.
"""

import sqlite3
from collections.abc import Sequence

import msgspec
import zstandard

from bitewing.model.record import Record, RecordKey
from bitewing.stores.rows import instant_or_none, microseconds_at_or_none
from bitewing.stores.sqlite.named import queries

SQL = queries("images")

ENOUGH_TO_LEARN = 200
"""So many images of one batch tell what the rows of a Watch have in common."""

DICTIONARY_BYTES = 32 * 1024
_LEVEL = 3
_SEGMENT_BYTES, _MATCH_BYTES = 200, 8  # of the trainer; searching for better ones takes 3 x longer

_Image = tuple[dict[str, bytes | None], dict[str, str], int | None]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Image)


class Images:
    """Packs and unpacks images for one connection, and so for one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._plain = zstandard.ZstdCompressor(level=_LEVEL)
        self._compressors: dict[tuple[str, str], zstandard.ZstdCompressor] = {}
        self._decompressors: dict[int, zstandard.ZstdDecompressor] = {
            0: zstandard.ZstdDecompressor()
        }

    def pack(self, source: str, record: Record) -> bytes:
        """Give the bytes of a Record's image."""
        return self._compressor(source, record.key.watch).compress(_encoded(record))

    def pack_all(self, source: str, watch: str, records: Sequence[Record]) -> list[bytes]:
        """Give the bytes of many images of one Watch, learning from them if it is time."""
        encoded = [_encoded(record) for record in records]
        compressor = self._compressor(source, watch)
        if compressor is self._plain and len(encoded) >= ENOUGH_TO_LEARN:
            compressor = self._learn(source, watch, encoded)
        return [compressor.compress(image) for image in encoded]

    def unpack(self, key: RecordKey, fingerprint: bytes, frame: bytes) -> Record:
        """Give the Record back."""
        decompressor = self._decompressor(zstandard.get_frame_parameters(frame).dict_id)
        native, derived, stamped_at = _decoder.decode(decompressor.decompress(frame))
        return Record(key, native, derived, instant_or_none(stamped_at), fingerprint)

    def forget(self) -> None:
        """Drop what was learnt: a rollback may have taken a dictionary out of the store again."""
        self._compressors.clear()
        self._decompressors = {0: self._decompressors[0]}

    def _compressor(self, source: str, watch: str) -> zstandard.ZstdCompressor:
        known = self._compressors.get((source, watch))
        if known is None:
            row = self._connection.execute(
                SQL["dictionary_of_watch"], {"source": source, "watch": watch}
            ).fetchone()
            known = self._plain if row is None else _compressor_with(row[1])
            self._compressors[source, watch] = known
        return known

    def _learn(self, source: str, watch: str, samples: Sequence[bytes]) -> zstandard.ZstdCompressor:
        """Train a dictionary and store it; do without where the samples are too few or small."""
        identity = self._connection.execute(SQL["next_id"]).fetchone()[0]
        try:
            dictionary = zstandard.train_dictionary(
                DICTIONARY_BYTES,
                list(samples),
                k=_SEGMENT_BYTES,
                d=_MATCH_BYTES,
                dict_id=identity,
            )
        except zstandard.ZstdError:
            return self._plain
        content = dictionary.as_bytes()
        self._connection.execute(
            SQL["add_dictionary"],
            {"id": identity, "source": source, "watch": watch, "content": content},
        )
        self._compressors[source, watch] = _compressor_with(content)
        return self._compressors[source, watch]

    def _decompressor(self, dictionary: int) -> zstandard.ZstdDecompressor:
        known = self._decompressors.get(dictionary)
        if known is None:
            content = self._connection.execute(SQL["dictionary"], {"id": dictionary}).fetchone()[0]
            known = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(content))
            self._decompressors[dictionary] = known
        return known


def _encoded(record: Record) -> bytes:
    stamped_at = microseconds_at_or_none(record.stamped_at)
    return _encoder.encode((record.native, record.derived, stamped_at))


def _compressor_with(content: bytes) -> zstandard.ZstdCompressor:
    dictionary = zstandard.ZstdCompressionDict(content)
    dictionary.precompute_compress(level=_LEVEL)
    return zstandard.ZstdCompressor(dict_data=dictionary)
