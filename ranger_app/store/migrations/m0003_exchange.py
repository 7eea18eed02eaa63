"""Version 3: the exchange of records of which a part is withheld, and of what became of every bundle."""

from __future__ import annotations

from ranger_app.store.connection import Database

SQL = """
ALTER TABLE batch RENAME TO batch_before;
CREATE TABLE batch (
    key INTEGER PRIMARY KEY, origin BLOB NOT NULL, incarnation BLOB NOT NULL, n INTEGER NOT NULL,
    hlc INTEGER NOT NULL, operations INTEGER NOT NULL, head BLOB NOT NULL, signature BLOB NOT NULL,
    body BLOB NOT NULL, label TEXT NOT NULL, person BLOB, act INTEGER, undoes INTEGER, undone_by INTEGER,
    understood INTEGER NOT NULL, received INTEGER NOT NULL, mask BLOB,
    UNIQUE (origin, incarnation, n)
) STRICT;
INSERT INTO batch SELECT *, NULL FROM batch_before;
DROP TABLE batch_before;
CREATE INDEX batch_by_clock ON batch(hlc);
CREATE INDEX batch_by_act ON batch(origin, incarnation, act);
CREATE INDEX batch_undoing ON batch(origin, incarnation, n) WHERE undoes IS NOT NULL;
CREATE INDEX batch_undone ON batch(origin, incarnation, n) WHERE undone_by IS NOT NULL;
ALTER TABLE station RENAME TO station_before;
CREATE TABLE station (
    id BLOB PRIMARY KEY, card TEXT NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL, utc_offset INTEGER NOT NULL,
    signing_key BLOB NOT NULL, sealing_key BLOB NOT NULL, partner INTEGER NOT NULL DEFAULT 0,
    trusted INTEGER NOT NULL DEFAULT 0, clearance TEXT NOT NULL DEFAULT '', confirmed_by BLOB, confirmed_at INTEGER,
    holds BLOB, holds_order INTEGER, rule TEXT NOT NULL DEFAULT '', partial BLOB
) STRICT;
INSERT INTO station SELECT *, '', NULL FROM station_before;
DROP TABLE station_before;
CREATE TABLE withheld (
    id BLOB NOT NULL, batch INTEGER NOT NULL, i INTEGER NOT NULL, kind TEXT NOT NULL, groups TEXT NOT NULL,
    PRIMARY KEY (id, batch, i)
) STRICT, WITHOUT ROWID;
CREATE TABLE purged (
    kind TEXT NOT NULL, id BLOB NOT NULL, origin BLOB NOT NULL, batch INTEGER NOT NULL,
    PRIMARY KEY (kind, id, origin)
) STRICT, WITHOUT ROWID;
CREATE TABLE given (
    key INTEGER PRIMARY KEY, at INTEGER NOT NULL, person BLOB, what TEXT NOT NULL, name TEXT NOT NULL, station BLOB,
    counter INTEGER, bundle BLOB, rule TEXT NOT NULL, place TEXT NOT NULL, records TEXT NOT NULL, media TEXT NOT NULL,
    bytes INTEGER NOT NULL, digest TEXT NOT NULL, parts INTEGER NOT NULL, batches BLOB, confirmed INTEGER,
    confirmed_how TEXT
) STRICT;
CREATE TABLE given_media (
    given INTEGER NOT NULL, name TEXT NOT NULL, form TEXT NOT NULL, lacking INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (given, name, form)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
    station BLOB NOT NULL, counter INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (station, counter)
) STRICT, WITHOUT ROWID;
CREATE TABLE damaged (
    bundle BLOB NOT NULL, station BLOB NOT NULL, counter INTEGER NOT NULL, what TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (bundle, what, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE revocation (
    station BLOB NOT NULL, issuer BLOB NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, accepted INTEGER,
    "by" BLOB, PRIMARY KEY (station, issuer)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_in_part ON batch(key) WHERE mask IS NOT NULL;
CREATE INDEX batch_kept ON batch(origin, incarnation, n) WHERE understood = 0;
CREATE INDEX given_by_station ON given(station, counter);
CREATE INDEX given_media_by_name ON given_media(name);
CREATE INDEX given_media_lacking ON given_media(given) WHERE lacking = 1;
"""


def apply(db: Database) -> None:
    """Go from version 2 to version 3."""
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
