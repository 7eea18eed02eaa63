"""Patrols that are evidence, and counts that criteria rest on: finds, models, hand-overs, populations.

The tables of changed kinds are dropped and made anew; opening the library fills them again from the signed log.
"""

from __future__ import annotations

from ranger_app.store.connection import Database

SQL = """
DROP TABLE "location";
DROP TABLE "media";
DROP TABLE "observation";
DROP TABLE "patrol";
DROP TABLE "track";
DROP TABLE "waypoint";
DROP TABLE "survey";
DROP TABLE "count";
DROP TABLE "sample";
CREATE TABLE tap (
    key INTEGER PRIMARY KEY, survey BLOB NOT NULL, sector BLOB, taxon TEXT NOT NULL, flock TEXT NOT NULL DEFAULT '',
    number INTEGER NOT NULL, at INTEGER NOT NULL, more TEXT NOT NULL DEFAULT ''
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
    "source" TEXT,
    "route" TEXT,
    "site_code" TEXT,
    "flyway" TEXT,
    "wetland_type" TEXT,
    "area_ha" INTEGER,
    "overlaps" TEXT,
    "seasons" TEXT,
    "release" TEXT,
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
    "waypoint" BLOB,
    "sighting" BLOB,
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
    "sample" BLOB,
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
    "station" TEXT,
    "leader" BLOB,
    "members" TEXT,
    "transport" TEXT,
    "start" TEXT,
    "end" TEXT,
    "utc_offset" INTEGER,
    "legs" TEXT,
    "days" TEXT,
    "custom" TEXT,
    "model" BLOB,
    "photo_shift" INTEGER,
    "state" TEXT,
    "state_by" BLOB,
    "state_at" INTEGER,
    "state_comment" TEXT,
    "notes" TEXT,
    "source" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB,
    reopened INTEGER NOT NULL DEFAULT 0
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
    "date" TEXT,
    "still_seconds" INTEGER,
    "overrules" TEXT,
    "source" TEXT,
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
    "distance" INTEGER,
    "bearing" INTEGER,
    "imported" TEXT,
    "source" TEXT,
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
    "complete" INTEGER,
    "kind" TEXT,
    "transport" TEXT,
    "snow" INTEGER,
    "temperature" INTEGER,
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
    "population" BLOB,
    "give_or_take" INTEGER,
    "at" INTEGER,
    "parts" TEXT,
    "sample_of" INTEGER,
    "sample_counted" INTEGER,
    "sample_found" INTEGER,
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
    "time" TEXT,
    "suspected_taxon" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "uncertainty" INTEGER,
    "patrol" BLOB,
    "waypoint" BLOB,
    "sighting" BLOB,
    "health_event" BLOB,
    "part_of" BLOB,
    "individual" BLOB,
    "collected_by" BLOB,
    "age_class" TEXT,
    "substrate" TEXT,
    "part" TEXT,
    "preservative" TEXT,
    "container" TEXT,
    "seal" TEXT,
    "permits" TEXT,
    "pictures" TEXT,
    "laboratory" TEXT,
    "laboratory_code" TEXT,
    "method" TEXT,
    "result_date" TEXT,
    "result_taxon" TEXT,
    "result_sex" TEXT,
    "result_disease" TEXT,
    "result_test" TEXT,
    "remaining" TEXT,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "sighting" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "patrol" BLOB,
    "waypoint" BLOB,
    "group" INTEGER,
    "number" INTEGER,
    "category" TEXT,
    "taxon" TEXT,
    "count" INTEGER,
    "attributes" TEXT,
    "by" BLOB,
    "remarks" TEXT,
    "source" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "observation_model" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "version" TEXT,
    "origin" TEXT,
    "content" TEXT,
    "in_use" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "population" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "taxon" TEXT,
    "name" TEXT,
    "flyway" TEXT,
    "low" INTEGER,
    "high" INTEGER,
    "size_years" TEXT,
    "quality" TEXT,
    "one_percent" INTEGER,
    "edition" TEXT,
    "published" INTEGER,
    "reference" TEXT,
    "in_use" INTEGER,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "hand_over" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "sample" BLOB,
    "at" TEXT,
    "utc_offset" INTEGER,
    "given_by" TEXT,
    "taken_by" TEXT,
    "place" TEXT,
    "condition" TEXT,
    "seal" TEXT,
    "seal_whole" INTEGER,
    "temperature" INTEGER,
    "purpose" TEXT,
    "corrects" BLOB,
    "remarks" TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    extra BLOB
) STRICT;
CREATE TABLE "health_event" (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    "name" TEXT,
    "date" TEXT,
    "latitude" INTEGER,
    "longitude" INTEGER,
    "uncertainty" INTEGER,
    "disease" TEXT,
    "case_definition" TEXT,
    "certainty" TEXT,
    "taxon" TEXT,
    "present" INTEGER,
    "sick" INTEGER,
    "injured" INTEGER,
    "dead" INTEGER,
    "killed" INTEGER,
    "life_stage" TEXT,
    "sex" TEXT,
    "signs" TEXT,
    "others_near" TEXT,
    "reported_to" TEXT,
    "reported_on" TEXT,
    "ended_on" TEXT,
    "patrol" BLOB,
    "waypoint" BLOB,
    "individual" BLOB,
    "by" BLOB,
    "pictures" TEXT,
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
CREATE INDEX observation_by_taxon ON observation(taxon) WHERE deleted = 0;
CREATE INDEX observation_by_behaviour ON observation(behaviour) WHERE behaviour IS NOT NULL AND deleted = 0;
CREATE INDEX observation_by_individual ON observation(individual) WHERE individual IS NOT NULL;
CREATE INDEX track_by_patrol ON track(patrol, deleted, planned, point_count, raw_metres, cleaned_metres,
    raw_seconds, cleaned_seconds, still_seconds, leg, date, start);
CREATE INDEX track_by_source ON track(source_sha256);
CREATE INDEX waypoint_by_patrol ON waypoint(patrol);
CREATE INDEX sighting_by_patrol ON sighting(patrol);
CREATE INDEX sighting_by_waypoint ON sighting(waypoint);
CREATE INDEX sighting_by_category ON sighting(category) WHERE deleted = 0;
CREATE INDEX media_by_patrol ON media(patrol) WHERE patrol IS NOT NULL;
CREATE INDEX observation_by_waypoint ON observation(waypoint) WHERE waypoint IS NOT NULL;
CREATE INDEX observation_by_sample ON observation(sample) WHERE sample IS NOT NULL;
CREATE INDEX hand_over_by_sample ON hand_over(sample);
CREATE INDEX patrol_by_date ON patrol(date);
CREATE INDEX survey_by_site ON survey(site, date);
CREATE INDEX count_by_survey ON "count"(survey, deleted, taxon, "count", method, sector, flock);
CREATE INDEX count_by_taxon ON "count"(taxon, survey) WHERE deleted = 0;
CREATE INDEX survey_by_date ON survey(date) WHERE deleted = 0;
CREATE INDEX tap_by_survey ON tap(survey);
"""


def apply(db: Database) -> None:
    """Go from version 3 to version 4."""
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
