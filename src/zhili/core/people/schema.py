"""What the tables of this app need beyond Django's models; run by the first migration."""

# Statement-level: a bulk load of offices stamps the row once. Writers of offices wait for one another;
# they are few.
OFFICE_EDITION = """
INSERT INTO people_officeedition (id, version) VALUES (1, gen_random_uuid());
CREATE FUNCTION people_stamp_offices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_officeedition (id, version) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
CREATE TRIGGER people_office_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_office
    FOR EACH STATEMENT EXECUTE FUNCTION people_stamp_offices();
"""
OFFICE_EDITION_UNDO = """
DROP TRIGGER people_office_changed ON people_office;
DROP FUNCTION people_stamp_offices();
"""

# The shape Django's DatabaseCache expects (what `createcachetable` would make), but unlogged: counters of
# the rate limits need not survive a crash, and need not be written twice.
CACHE_TABLE = """
CREATE UNLOGGED TABLE people_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX people_cache_expires ON people_cache (expires);
"""
CACHE_TABLE_UNDO = "DROP TABLE people_cache"
