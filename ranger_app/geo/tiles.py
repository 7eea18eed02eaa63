"""Map pictures cut into tiles, as MBTiles (a SQLite file) or PMTiles (one archive), read tile by tile.

Only tiles that are pictures are served: what the page would draw is looked at first, and tiles of vectors are refused.
"""

from __future__ import annotations

import math
import re
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store import foreign

MOST_TILE = 4 * 1024 * 1024
HIGHEST_ZOOM = 24
_SECONDS = 3.0
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"RIFF": "webp"}
_WORLD = (-85.06, -180.0, 85.06, 180.0)
_HEAD = 127  # bytes of a PMTiles header
_MOST_DIRECTORY = 1024 * 1024
_DEEPEST = 4
_LONG_NUMBER = re.compile(rb"[\x80-\xff]{10}")  # no 64-bit number is written in more bytes
_KEPT_DIRECTORIES = 64


class Tiles(Protocol):
    """Tiles of one file. ``tile`` counts rows from the north, as web maps do."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north, east in degrees; the whole world where the file does not say."""

    @property
    def zooms(self) -> tuple[int, int]:
        """Lowest and highest zoom."""

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The picture's bytes (PNG, JPEG or WebP), None where there is none; never raises for a bad tile."""

    def close(self) -> None:
        """Let go of the file."""


def open(path: Path) -> Tiles:
    """The tiles of an MBTiles or PMTiles file, told by its content; DataProblem for vectors and unreadable files."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise foreign.unreadable(path, error) from error
    if head.startswith(b"PMTiles"):
        return _PmTiles(path)
    return _MbTiles(path)


def picture_type(data: bytes) -> str:
    """png, jpeg or webp by the first bytes, "" for anything else."""
    found = next((name for start, name in _PICTURES.items() if data.startswith(start)), "")
    return "" if found == "webp" and data[8:12] != b"WEBP" else found


def _vectors(path: Path) -> DataProblem:
    return DataProblem(
        "LAYER_VECTOR_TILES",
        _("{file} holds vector tiles, which cannot be shown.").format(file=path.name),
        _("Use a file with picture tiles (PNG, JPEG or WebP)."),
    )


def _inside(z: int, x: int, y: int) -> bool:
    return 0 <= z <= HIGHEST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def _checked(bounds: tuple[float, ...]) -> tuple[float, float, float, float]:
    south, west, north, east = bounds
    if not all(math.isfinite(one) for one in bounds) or not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        return _WORLD
    return south, west, north, east


class _MbTiles:
    def __init__(self, path: Path) -> None:
        self._file = foreign.Foreign(path, _SECONDS)
        try:
            if not {"zoom_level", "tile_column", "tile_row", "tile_data"} <= set(self._file.columns("tiles")):
                raise foreign.damaged(path)
            told = {}
            if {"name", "value"} <= set(self._file.columns("metadata")):
                sql = "SELECT name, value FROM metadata WHERE length(value) < 10000"
                told = {str(name).lower(): str(value) for name, value in self._file.ask(sql, most=100)}
            self.zooms = self._zooms(path)
            self._check_format(path, told.get("format", "").lower())
        except BaseException:
            self._file.close()
            raise
        parts = told.get("bounds", "").split(",")
        try:
            west, south, east, north = (float(one) for one in parts)
            self.bounds = _checked((south, west, north, east))
        except ValueError:
            self.bounds = _WORLD

    def _zooms(self, path: Path) -> tuple[int, int]:
        ends = []
        for way in ("ASC", "DESC"):  # by the index; min() and max() over a view read every tile
            found = self._file.ask(f"SELECT zoom_level FROM tiles ORDER BY zoom_level {way} LIMIT 1")
            if not found or not isinstance(found[0][0], int):
                raise foreign.damaged(path)
            ends.append(min(max(found[0][0], 0), HIGHEST_ZOOM))
        return ends[0], ends[1]

    def _check_format(self, path: Path, told: str) -> None:
        if told in ("pbf", "mvt", "mlt"):
            raise _vectors(path)
        sql = "SELECT tile_data FROM tiles WHERE length(tile_data) BETWEEN 4 AND ? LIMIT 1"
        found = self._file.ask(sql, (MOST_TILE,), most=1)
        data = found[0][0] if found else None
        if not isinstance(data, bytes) or not picture_type(data):
            if isinstance(data, bytes) and data[:2] in (b"\x1f\x8b", b"\x78\x9c"):  # vectors are packed
                raise _vectors(path)
            raise foreign.damaged(path)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        if not _inside(z, x, y):
            return None
        row = (1 << z) - 1 - y  # MBTiles counts rows from the south
        sql = (
            "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=? AND length(tile_data) <= ?"
        )
        try:
            found = self._file.ask(sql, (z, x, row, MOST_TILE), most=1)
        except DataProblem:
            return None
        data = found[0][0] if found else None
        return data if isinstance(data, bytes) and picture_type(data) else None

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class _Head:
    root: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]


class _PmTiles:
    def __init__(self, path: Path) -> None:
        from pmtiles import tile as pm

        self._path = path
        self._lock = threading.Lock()
        self._directories: OrderedDict[tuple[int, int], list[Any]] = OrderedDict()
        self._file: BinaryIO = path.open("rb")
        try:
            self._size = path.stat().st_size
            try:
                told = pm.deserialize_header(self._file.read(_HEAD))
            except Exception as error:  # the library's own exceptions, and whatever a cut header makes of it
                raise foreign.damaged(path) from error
            if told["tile_type"] in (pm.TileType.MVT, pm.TileType.MLT):
                raise _vectors(path)
            if told["tile_type"] not in (pm.TileType.PNG, pm.TileType.JPEG, pm.TileType.WEBP):
                raise foreign.damaged(path)
            if told["internal_compression"] is not pm.Compression.GZIP:
                raise foreign.damaged(path)
            self._head = _Head(
                (told["root_offset"], told["root_length"]),
                (told["leaf_directory_offset"], told["leaf_directory_length"]),
                (told["tile_data_offset"], told["tile_data_length"]),
            )
            self.zooms = (
                min(told["min_zoom"], HIGHEST_ZOOM),
                min(max(told["min_zoom"], told["max_zoom"]), HIGHEST_ZOOM),
            )
            corners = tuple(int(dict(told)[name]) / 1e7 for name in _CORNERS)  # type: ignore[call-overload]
            self.bounds = _checked(corners)
            if self._directory(*self._head.root) is None:
                raise foreign.damaged(path)
        except BaseException:
            self._file.close()
            raise

    def _bytes(self, offset: int, length: int, most: int) -> bytes | None:
        if not 0 < length <= most or offset < 0 or offset + length > self._size:
            return None
        try:
            self._file.seek(offset)
            data = self._file.read(length)
        except (OSError, ValueError):  # the stick is out, or the layer was closed
            return None
        return data if len(data) == length else None

    def _directory(self, offset: int, length: int) -> list[Any] | None:
        from pmtiles import tile as pm

        known = self._directories.get((offset, length))
        if known is not None:
            return known
        packed = self._bytes(offset, length, _MOST_DIRECTORY)
        if packed is None:
            return None
        # The library unpacks without a bound and adds up numbers of any length: both are looked at before.
        unpack = zlib.decompressobj(wbits=31)
        try:
            plain = unpack.decompress(packed, _MOST_DIRECTORY)
        except zlib.error:
            return None
        if not unpack.eof or unpack.unused_data or _LONG_NUMBER.search(plain):
            return None
        try:
            made: list[Any] = pm.deserialize_directory(packed)
        except Exception:  # cut short: EOFError, and what the library makes of numbers that fit nothing
            return None
        self._directories[(offset, length)] = made
        while len(self._directories) > _KEPT_DIRECTORIES:
            self._directories.popitem(last=False)
        return made

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        if not _inside(z, x, y):
            return None
        from pmtiles import tile as pm

        number = pm.zxy_to_tileid(z, x, y)
        at = self._head.root
        with self._lock:
            for _depth in range(_DEEPEST):
                entries = self._directory(*at)
                entry = pm.find_tile(entries, number) if entries else None
                if entry is None:
                    return None
                if entry.run_length:
                    data = self._bytes(self._head.tiles[0] + entry.offset, entry.length, MOST_TILE)
                    return data if data is not None and picture_type(data) else None
                at = (self._head.leaves[0] + entry.offset, entry.length)
        return None

    def close(self) -> None:
        with self._lock:
            self._file.close()


_CORNERS = ("min_lat_e7", "min_lon_e7", "max_lat_e7", "max_lon_e7")
