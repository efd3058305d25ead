"""How often one warm intake asks the database, pool checks, BEGIN and COMMIT included. Run by intake.py."""

import os
import secrets

TIMES = 60


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    import django

    django.setup()
    import psycopg
    from django.test import Client

    from bench import reports

    trips = 0
    wait = psycopg.Connection.wait

    def counted(self: psycopg.Connection, *given: object, **named: object) -> object:
        nonlocal trips
        trips += 1
        return wait(self, *given, **named)  # type: ignore[arg-type]

    client = Client(SERVER_NAME="127.0.0.1")
    bodies = reports.bodies(2 * TIMES)

    def post(body: bytes) -> None:
        answer = client.post(
            "/api/v1/cases/citizen_reports.report/report",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": secrets.token_hex(16)},
        )
        assert answer.status_code == 201, answer.content

    for body in bodies[:TIMES]:
        post(body)
    psycopg.Connection.wait = counted  # type: ignore[method-assign,assignment]
    for body in bodies[TIMES:]:
        post(body)
    print(f"round trips per intake: {trips / TIMES:.2f}")


if __name__ == "__main__":
    main()
