"""What stands around cases put straight into the tables: three steps each with their leaves, and names for a third.

    python -m bench.lives CASES        with a site's settings, as the owner of its tables

Sizes are those of real reports (a step of about 700 bytes, a leaf of about 350); hashes are right, ciphertexts noise.
"""

import sys

STEPS = """
INSERT INTO cases_step (case_id, seq, at, action, from_stage, to_stage, actor_kind, office_id, party, category, late,
  data, why, salt)
SELECT c.id, s.seq, c.opened_at + s.seq * interval '1 day', s.action, s.before, s.after, s.kind, c.office_id, '',
  c.category, false, jsonb_build_object('what', repeat(c.title, 6), 'place', jsonb_build_object('lon', c.lon, 'lat',
  c.lat, 'address', c.address), 'name', jsonb_build_object('secret', gen_random_uuid(), 'hash', md5(c.number))),
  jsonb_build_array('职责清单：' || c.title, '办理总时限十五个工作日'), decode(md5(c.number || s.seq), 'hex')
FROM cases_case c CROSS JOIN (VALUES (1, 'report', '', 'received', 'anonymous'),
  (2, 'accept', 'received', 'handling', 'post'), (3, 'finish', 'handling', 'closed', 'post'))
  s (seq, action, before, after, kind)
WHERE c.id BETWEEN %s AND %s ORDER BY c.id, s.seq"""
LEAVES = r"""
INSERT INTO trail_leaf (at, kind, subject, body, hash)
SELECT at, 'step', subject, body, sha256('\x00'::bytea || body) FROM (
  SELECT s.at, s.case_id AS subject, convert_to(jsonb_build_object('v', 1, 'kind', 'step', 'at', s.at, 'what',
    jsonb_build_object('case', s.case_id, 'seq', s.seq, 'action', s.action, 'from', s.from_stage, 'to', s.to_stage,
    'procedure', 'citizen_reports.report', 'by', s.actor_kind), 'seal', encode(sha256(s.salt), 'hex'))::text, 'UTF8')
    AS body
  FROM cases_step s WHERE s.case_id BETWEEN %s AND %s ORDER BY s.id) made"""
SECRETS = """
INSERT INTO people_secret (id, kind, ciphertext, salt, hash, blind_index, key_id, masked, expires_at, created_at)
SELECT gen_random_uuid(), k.kind, sha256(convert_to(c.number || k.kind, 'UTF8')), decode(md5(c.number), 'hex'),
  encode(sha256(convert_to(c.number, 'UTF8')), 'hex'), decode(md5(k.kind || c.number), 'hex'), 'noise', '王*',
  now() + interval '3 years', c.opened_at
FROM cases_case c CROSS JOIN (VALUES ('name'), ('phone')) k (kind) WHERE c.id BETWEEN %s AND %s AND c.id %% 3 = 0"""
BATCH = 50_000


def main(number: int) -> None:
    import django

    django.setup()
    from bench import cases
    from django.db import connection

    cases.fill(number)
    first = cases.FIRST
    with connection.cursor() as cursor:
        for start in range(first, first + number + 1, BATCH):  # short writes: the site is running
            for statement in (STEPS, LEAVES, SECRETS):
                cursor.execute(statement, [start, start + BATCH - 1])
        for table in ("cases_step", "trail_leaf", "people_secret"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        print(f"  {number:,} cases with their lives: {cursor.fetchone()[0]}")
    cases._checkpoint()


if __name__ == "__main__":
    main(int(sys.argv[1]))
