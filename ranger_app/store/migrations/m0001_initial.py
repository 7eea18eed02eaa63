"""The first tables: the signed log, the local tables and one projection for each kind."""

from __future__ import annotations

from ranger_app.store.connection import Database

SQL = """
CREATE TABLE batch (
    key INTEGER PRIMARY KEY, origin BLOB NOT NULL, incarnation BLOB NOT NULL, n INTEGER NOT NULL,
    hlc INTEGER NOT NULL, operations INTEGER NOT NULL, head BLOB NOT NULL, signature BLOB NOT NULL,
    body BLOB NOT NULL, label TEXT NOT NULL, person BLOB, act INTEGER, undoes INTEGER, undone_by INTEGER,
    understood INTEGER NOT NULL, received INTEGER NOT NULL,
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
    holds BLOB, holds_order INTEGER
) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE pin (person BLOB PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
    key INTEGER PRIMARY KEY, bundle BLOB NOT NULL, direction TEXT NOT NULL, station BLOB, counter INTEGER NOT NULL,
    at INTEGER NOT NULL, upto INTEGER, summary TEXT NOT NULL
) STRICT;
CREATE TABLE ingest (
    id TEXT PRIMARY KEY, folder TEXT NOT NULL, deployment BLOB NOT NULL, started INTEGER NOT NULL,
    finished INTEGER, taken_back INTEGER, report TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "protected_area" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "country" TEXT,
    "wdpa_id" TEXT,
    "designation" TEXT,
    "outline" TEXT,
    "outline_source" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "location" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "type" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "uncertainty" INTEGER,
    "country" TEXT,
    "part_of" BLOB,
    "protected_area" BLOB,
    "outline" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "camera" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "make" TEXT,
    "model" TEXT,
    "serial_number" TEXT,
    "owner" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "deployment" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "location" BLOB,
    "camera" BLOB,
    "start" TEXT,
    "end" TEXT,
    "utc_offset" INTEGER,
    "clock_corrections" TEXT,
    "failures" TEXT,
    "paired_with" BLOB,
    "set_by" BLOB,
    "height" INTEGER,
    "heading" INTEGER,
    "bait" INTEGER,
    "feature" TEXT,
    "habitat" TEXT,
    "released" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "media" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "deployment" BLOB,
    "sha256" TEXT,
    "bytes" INTEGER,
    "media_type" TEXT,
    "file_name" TEXT,
    "folder" TEXT,
    "camera_time" TEXT,
    "camera_time_source" TEXT,
    "width" INTEGER,
    "height" INTEGER,
    "duration" INTEGER,
    "serial_number" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "flags" TEXT,
    "ingest" TEXT,
    "address" TEXT,
    "patrol" BLOB,
    "survey" BLOB,
    "favourite" INTEGER,
    "people_released" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB,
    taken_at INTEGER,
    seen_by INTEGER NOT NULL DEFAULT 0,
    shown TEXT
) STRICT;
CREATE TABLE "observation" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "media" BLOB,
    "deployment" BLOB,
    "waypoint" BLOB,
    "event" TEXT,
    "type" TEXT,
    "taxon" TEXT,
    "count" INTEGER,
    "sex" TEXT,
    "life_stage" TEXT,
    "behaviour" TEXT,
    "individual" BLOB,
    "by" BLOB,
    "at" INTEGER,
    "method" TEXT,
    "machine" TEXT,
    "certainty" INTEGER,
    "box" TEXT,
    "look" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "individual" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "code" TEXT,
    "name" TEXT,
    "taxon" TEXT,
    "sex" TEXT,
    "birth_season" TEXT,
    "mother" BLOB,
    "status" TEXT,
    "status_since" TEXT,
    "joint_code" TEXT,
    "left_picture" BLOB,
    "right_picture" BLOB,
    "face_picture" BLOB,
    "tail_picture" BLOB,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "patrol" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "date" TEXT,
    "type" TEXT,
    "mandate" TEXT,
    "objective" TEXT,
    "armed" INTEGER,
    "team" TEXT,
    "leader" BLOB,
    "members" TEXT,
    "transport" TEXT,
    "start" TEXT,
    "end" TEXT,
    "utc_offset" INTEGER,
    "legs" TEXT,
    "state" TEXT,
    "state_by" BLOB,
    "state_at" INTEGER,
    "state_comment" TEXT,
    "notes" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "track" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "patrol" BLOB,
    "leg" INTEGER,
    "name" TEXT,
    "planned" INTEGER,
    "source_sha256" TEXT,
    "source_name" TEXT,
    "points" BLOB,
    "point_count" INTEGER,
    "raw_metres" INTEGER,
    "cleaned_metres" INTEGER,
    "raw_seconds" INTEGER,
    "cleaned_seconds" INTEGER,
    "excluded" TEXT,
    "start" INTEGER,
    "end" INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "waypoint" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "patrol" BLOB,
    "leg" INTEGER,
    "name" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "uncertainty" INTEGER,
    "elevation" INTEGER,
    "at" INTEGER,
    "category" TEXT,
    "attributes" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "survey" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "site" BLOB,
    "date" TEXT,
    "start" TEXT,
    "end" TEXT,
    "utc_offset" INTEGER,
    "observers" TEXT,
    "season" TEXT,
    "coordinated" TEXT,
    "method" TEXT,
    "coverage" INTEGER,
    "weather" TEXT,
    "wind" INTEGER,
    "visibility" TEXT,
    "ice" INTEGER,
    "water" TEXT,
    "tide" TEXT,
    "disturbance" TEXT,
    "disturbance_effect" TEXT,
    "quality" TEXT,
    "no_birds" INTEGER,
    "not_counted" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "count" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "survey" BLOB,
    "sector" BLOB,
    "taxon" TEXT,
    "count" INTEGER,
    "low" INTEGER,
    "high" INTEGER,
    "method" TEXT,
    "flock" TEXT,
    "life_stage" TEXT,
    "sex" TEXT,
    "rings" TEXT,
    "roost" INTEGER,
    "by" BLOB,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "sample" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "code" TEXT,
    "type" TEXT,
    "date" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "uncertainty" INTEGER,
    "patrol" BLOB,
    "waypoint" BLOB,
    "individual" BLOB,
    "collected_by" BLOB,
    "hand_overs" TEXT,
    "laboratory" TEXT,
    "result_taxon" TEXT,
    "result_sex" TEXT,
    "result_disease" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "person" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "role" TEXT,
    "active" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "note" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "about_kind" TEXT,
    "about" BLOB,
    "text" TEXT,
    "media" TEXT,
    "by" BLOB,
    "at" INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE INDEX batch_by_clock ON batch(hlc);
CREATE INDEX batch_by_act ON batch(origin, incarnation, act);
CREATE INDEX batch_undoing ON batch(origin, incarnation, n) WHERE undoes IS NOT NULL;
CREATE INDEX batch_undone ON batch(origin, incarnation, n) WHERE undone_by IS NOT NULL;
CREATE INDEX media_by_time ON media(taken_at, key) WHERE deleted = 0;
CREATE INDEX media_by_deployment ON media(deployment, taken_at, key) WHERE deleted = 0;
CREATE INDEX media_by_hash ON media(sha256);
CREATE INDEX media_by_ingest ON media(ingest) WHERE ingest IS NOT NULL;
CREATE INDEX media_by_shown ON media(shown, taken_at, key) WHERE deleted = 0;
CREATE INDEX media_to_review ON media(deployment, taken_at, key) WHERE deleted = 0 AND seen_by < 2;
CREATE INDEX media_by_batch ON media(batch);
CREATE INDEX observation_by_media ON observation(media);
CREATE INDEX observation_by_taxon ON observation(taxon) WHERE deleted = 0;
CREATE INDEX observation_by_individual ON observation(individual) WHERE individual IS NOT NULL;
CREATE INDEX track_by_patrol ON track(patrol);
CREATE INDEX waypoint_by_patrol ON waypoint(patrol);
CREATE INDEX patrol_by_date ON patrol(date);
CREATE INDEX survey_by_site ON survey(site, date);
CREATE INDEX count_by_survey ON "count"(survey);
CREATE INDEX note_by_about ON note(about);
"""


def apply(db: Database) -> None:
    """Make all tables of version 1."""
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
