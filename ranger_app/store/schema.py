"""The projected tables as SQL, made from the kinds. Migrations hold frozen copies of what this writes."""

from __future__ import annotations

from ranger_app.domain.fields import Kind
from ranger_app.domain.kinds import KINDS

DERIVED: dict[str, tuple[tuple[str, str], ...]] = {
    "media": (
        ("taken_at", "INTEGER"),  # seconds since 1970 UTC, after clock corrections
        ("seen_by", "INTEGER NOT NULL DEFAULT 0"),  # 0 nobody, 1 a machine, 2 a person
        ("shown", "TEXT"),  # taxon or type of the statement that counts: settled, a person's, a machine's
        ("hint", "INTEGER"),  # 1/10,000: how sure a machine is that something is there; NULL without one
        ("people", "INTEGER NOT NULL DEFAULT 0"),  # 1 where it is said to show a person
    ),
    "observation": (
        ("met_at", "INTEGER"),  # taken_at of its newest picture, where it names an individual
    ),
    "patrol": (
        ("reopened", "INTEGER NOT NULL DEFAULT 0"),  # 1 where it was approved and says something else since
    ),
}
"""Columns computed here from other records: never part of a record, its hash or a bundle."""

INDEXES: tuple[str, ...] = (
    "CREATE INDEX batch_by_clock ON batch(hlc)",
    "CREATE INDEX batch_by_act ON batch(origin, incarnation, act)",
    "CREATE INDEX batch_undoing ON batch(origin, incarnation, n) WHERE undoes IS NOT NULL",
    "CREATE INDEX batch_undone ON batch(origin, incarnation, n) WHERE undone_by IS NOT NULL",
    "CREATE INDEX media_by_time ON media(taken_at, key) WHERE deleted = 0",
    "CREATE INDEX media_by_deployment ON media(deployment, taken_at, key) WHERE deleted = 0",
    "CREATE INDEX media_by_hash ON media(sha256)",
    "CREATE INDEX media_by_ingest ON media(ingest) WHERE ingest IS NOT NULL",
    "CREATE INDEX media_by_shown ON media(shown, taken_at, key, deployment) WHERE deleted = 0",
    "CREATE INDEX media_waiting ON media(taken_at, key) WHERE deleted = 0 AND seen_by < 2",
    "CREATE INDEX media_flagged ON media(taken_at, key) WHERE flags IS NOT NULL AND deleted = 0",
    "CREATE INDEX media_to_review ON media(deployment, taken_at, key) WHERE deleted = 0 AND seen_by < 2",
    "CREATE INDEX media_by_batch ON media(batch)",
    "CREATE INDEX media_by_name ON media(file_name, camera_time) WHERE sha256 IS NULL AND deleted = 0",
    "CREATE INDEX media_of_people ON media(sha256) WHERE people = 1 AND deleted = 0",
    "CREATE INDEX media_by_hint ON media(hint) WHERE hint IS NOT NULL AND deleted = 0 AND seen_by < 2",
    "CREATE INDEX observation_by_media ON observation(media)",
    "CREATE INDEX observation_by_deployment ON observation(deployment) WHERE deleted = 0",
    "CREATE INDEX event_picture_by_observation ON event_picture(observation)",
    "CREATE INDEX observation_by_taxon ON observation(taxon) WHERE deleted = 0",
    "CREATE INDEX observation_by_behaviour ON observation(behaviour) WHERE behaviour IS NOT NULL AND deleted = 0",
    # A catalogue reads its encounters from this index alone.
    "CREATE INDEX observation_by_individual ON observation(individual, deleted, media, deployment, met_at)\n"
    "    WHERE individual IS NOT NULL",
    "CREATE INDEX observation_unsure ON observation(media) WHERE sureness IS NOT NULL",
    "CREATE INDEX second_opinion_by_observation ON second_opinion(observation)",
    # Figures lie behind the points of a track, which are long: a list of patrols reads this index alone.
    "CREATE INDEX track_by_patrol ON track(patrol, deleted, planned, point_count, raw_metres, cleaned_metres,\n"
    "    raw_seconds, cleaned_seconds, still_seconds, leg, date, start)",
    "CREATE INDEX track_by_source ON track(source_sha256)",
    "CREATE INDEX waypoint_by_patrol ON waypoint(patrol)",
    "CREATE INDEX sighting_by_patrol ON sighting(patrol)",
    "CREATE INDEX sighting_by_waypoint ON sighting(waypoint)",
    "CREATE INDEX sighting_by_category ON sighting(category) WHERE deleted = 0",
    "CREATE INDEX media_by_patrol ON media(patrol) WHERE patrol IS NOT NULL",
    "CREATE INDEX observation_by_waypoint ON observation(waypoint) WHERE waypoint IS NOT NULL",
    "CREATE INDEX observation_by_sample ON observation(sample) WHERE sample IS NOT NULL",
    "CREATE INDEX hand_over_by_sample ON hand_over(sample)",
    "CREATE INDEX patrol_by_date ON patrol(date)",
    "CREATE INDEX survey_by_site ON survey(site, date)",
    # All that lists and criteria read of a count, so that 200,000 of them are read from the index alone.
    'CREATE INDEX count_by_survey ON "count"(survey, deleted, taxon, "count", method, sector, flock)',
    'CREATE INDEX count_by_taxon ON "count"(taxon, survey) WHERE deleted = 0',
    "CREATE INDEX survey_by_date ON survey(date) WHERE deleted = 0",
    "CREATE INDEX tap_by_survey ON tap(survey)",
    "CREATE INDEX note_by_about ON note(about)",
    "CREATE INDEX batch_in_part ON batch(key) WHERE mask IS NOT NULL",
    "CREATE INDEX batch_kept ON batch(origin, incarnation, n) WHERE understood = 0",
    "CREATE INDEX given_by_station ON given(station, counter)",
    "CREATE INDEX given_media_by_name ON given_media(name)",
    "CREATE INDEX given_media_lacking ON given_media(given) WHERE lacking = 1",
)

LOCAL = """
CREATE TABLE batch (
    key INTEGER PRIMARY KEY, origin BLOB NOT NULL, incarnation BLOB NOT NULL, n INTEGER NOT NULL,
    hlc INTEGER NOT NULL, operations INTEGER NOT NULL, head BLOB NOT NULL, signature BLOB NOT NULL,
    body BLOB NOT NULL, label TEXT NOT NULL, person BLOB, act INTEGER, undoes INTEGER, undone_by INTEGER,
    understood INTEGER NOT NULL, received INTEGER NOT NULL, mask BLOB,
    UNIQUE (origin, incarnation, n)
) STRICT;
CREATE TABLE edit (
    id BLOB NOT NULL, batch INTEGER NOT NULL, i INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (id, batch, i)
) STRICT, WITHOUT ROWID;
CREATE TABLE conflict (
    kind TEXT NOT NULL, id BLOB NOT NULL, field TEXT NOT NULL, sides BLOB NOT NULL, PRIMARY KEY (kind, id, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen (
    origin BLOB NOT NULL, incarnation BLOB NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
    PRIMARY KEY (origin, incarnation, low)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine (
    origin BLOB NOT NULL, incarnation BLOB NOT NULL, n INTEGER NOT NULL, head BLOB NOT NULL,
    signature BLOB NOT NULL, body BLOB NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (origin, incarnation, n, head)
) STRICT, WITHOUT ROWID;
CREATE TABLE station (
    id BLOB PRIMARY KEY, card TEXT NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL, utc_offset INTEGER NOT NULL,
    signing_key BLOB NOT NULL, sealing_key BLOB NOT NULL, partner INTEGER NOT NULL DEFAULT 0,
    trusted INTEGER NOT NULL DEFAULT 0, clearance TEXT NOT NULL DEFAULT '', confirmed_by BLOB, confirmed_at INTEGER,
    holds BLOB, holds_order INTEGER, rule TEXT NOT NULL DEFAULT '', partial BLOB
) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE pin (person BLOB PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
    key INTEGER PRIMARY KEY, bundle BLOB NOT NULL, direction TEXT NOT NULL, station BLOB, counter INTEGER NOT NULL,
    at INTEGER NOT NULL, upto INTEGER, summary TEXT NOT NULL
) STRICT;
CREATE TABLE event_picture (
    media BLOB NOT NULL, observation BLOB NOT NULL, PRIMARY KEY (media, observation)
) STRICT, WITHOUT ROWID;
CREATE TABLE disk (id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, added INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE original (
    sha256 TEXT PRIMARY KEY, disk TEXT, dropped INTEGER, person BLOB, rule TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE ingest (
    id TEXT PRIMARY KEY, folder TEXT NOT NULL, deployment BLOB NOT NULL, started INTEGER NOT NULL,
    finished INTEGER, taken_back INTEGER, report TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tap (
    key INTEGER PRIMARY KEY, survey BLOB NOT NULL, sector BLOB, taxon TEXT NOT NULL, flock TEXT NOT NULL DEFAULT '',
    number INTEGER NOT NULL, at INTEGER NOT NULL, more TEXT NOT NULL DEFAULT ''
) STRICT;
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
"""
"""Tables of this library alone."""


def table(kind: Kind) -> str:
    """The CREATE TABLE of a kind's projection."""
    columns = ["key INTEGER PRIMARY KEY", "id BLOB NOT NULL UNIQUE"]
    columns += [f'"{f.name}" {f.sql_type}' for f in kind.fields]
    columns += ["deleted INTEGER NOT NULL DEFAULT 0", "batch INTEGER", "extra BLOB"]
    columns += [f"{name} {declared}" for name, declared in DERIVED.get(kind.name, ())]
    return f'CREATE TABLE "{kind.name}" (\n    ' + ",\n    ".join(columns) + "\n) STRICT"


def whole() -> str:
    """Every statement of a new database."""
    return LOCAL.strip() + "\n" + "".join(f"{sql};\n" for sql in [*(table(kind) for kind in KINDS), *INDEXES])
