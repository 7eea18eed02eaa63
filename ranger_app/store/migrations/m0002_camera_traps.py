"""Camera traps to an identification one can defend: event statements, two looks, species of one's own, further disks.

The tables of changed kinds are dropped and made anew; opening the library fills them again from the signed log.
"""

from __future__ import annotations

from ranger_app.store.connection import Database

SQL = """
DROP TABLE location;
DROP TABLE camera;
DROP TABLE deployment;
DROP TABLE media;
DROP TABLE observation;
DROP TABLE individual;
CREATE TABLE event_picture (
    media BLOB NOT NULL, observation BLOB NOT NULL, PRIMARY KEY (media, observation)
) STRICT, WITHOUT ROWID;
CREATE TABLE disk (id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, added INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE original (
    sha256 TEXT PRIMARY KEY, disk TEXT, dropped INTEGER, person BLOB, rule TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
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
    "source" TEXT,
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
    "source" TEXT,
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
    "looks" INTEGER,
    "bait_kind" TEXT,
    "camera_delay" INTEGER,
    "depth" INTEGER,
    "tilt" INTEGER,
    "detection_distance" INTEGER,
    "timestamp_issues" INTEGER,
    "groups" TEXT,
    "tags" TEXT,
    "set_by_name" TEXT,
    "source" TEXT,
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
    "capture_method" TEXT,
    "file_offset" INTEGER,
    "file_public" INTEGER,
    "exif" TEXT,
    "source" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB,
    taken_at INTEGER,
    seen_by INTEGER NOT NULL DEFAULT 0,
    shown TEXT,
    hint INTEGER,
    people INTEGER NOT NULL DEFAULT 0
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
    "pictures" TEXT,
    "event_start" TEXT,
    "event_end" TEXT,
    "setup" TEXT,
    "tags" TEXT,
    "by_name" TEXT,
    "radius" INTEGER,
    "angle" INTEGER,
    "speed" INTEGER,
    "source" TEXT,
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
    "source" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "taxon" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "scientific" TEXT,
    "group" TEXT,
    "english" TEXT,
    "russian" TEXT,
    "chinese" TEXT,
    "korean" TEXT,
    "mongolian" TEXT,
    "japanese" TEXT,
    "synonyms" TEXT,
    "sensitive" INTEGER,
    "iucn" TEXT,
    "iucn_date" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE INDEX media_by_time ON media(taken_at, key) WHERE deleted = 0;
CREATE INDEX media_by_deployment ON media(deployment, taken_at, key) WHERE deleted = 0;
CREATE INDEX media_by_hash ON media(sha256);
CREATE INDEX media_by_ingest ON media(ingest) WHERE ingest IS NOT NULL;
CREATE INDEX media_by_shown ON media(shown, taken_at, key, deployment) WHERE deleted = 0;
CREATE INDEX media_waiting ON media(taken_at, key) WHERE deleted = 0 AND seen_by < 2;
CREATE INDEX media_flagged ON media(taken_at, key) WHERE flags IS NOT NULL AND deleted = 0;
CREATE INDEX media_to_review ON media(deployment, taken_at, key) WHERE deleted = 0 AND seen_by < 2;
CREATE INDEX media_by_batch ON media(batch);
CREATE INDEX media_by_name ON media(file_name, camera_time) WHERE sha256 IS NULL AND deleted = 0;
CREATE INDEX media_of_people ON media(sha256) WHERE people = 1 AND deleted = 0;
CREATE INDEX media_by_hint ON media(hint) WHERE hint IS NOT NULL AND deleted = 0 AND seen_by < 2;
CREATE INDEX observation_by_media ON observation(media);
CREATE INDEX observation_by_deployment ON observation(deployment) WHERE deleted = 0;
CREATE INDEX event_picture_by_observation ON event_picture(observation);
CREATE INDEX observation_by_taxon ON observation(taxon) WHERE deleted = 0;
CREATE INDEX observation_by_behaviour ON observation(behaviour) WHERE behaviour IS NOT NULL AND deleted = 0;
CREATE INDEX observation_by_individual ON observation(individual) WHERE individual IS NOT NULL;
"""


def apply(db: Database) -> None:
    """Go from version 1 to version 2."""
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
