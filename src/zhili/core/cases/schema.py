"""What the tables of this app need beyond Django's models; run by the first migration."""

# Statement-level: a bulk change of the list stamps the row once.
STAMP = """
INSERT INTO cases_dutyedition (id, version) VALUES (1, gen_random_uuid());
CREATE FUNCTION cases_stamp_duties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_dutyedition (id, version) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_duty_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cases_duty
    FOR EACH STATEMENT EXECUTE FUNCTION cases_stamp_duties();
CREATE TRIGGER cases_category_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cases_category
    FOR EACH STATEMENT EXECUTE FUNCTION cases_stamp_duties();
"""
UNSTAMP = """
DROP TRIGGER cases_category_changed ON cases_category;
DROP TRIGGER cases_duty_changed ON cases_duty;
DROP FUNCTION cases_stamp_duties();
"""
