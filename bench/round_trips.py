"""How often one warm intake asks the database, pool checks, BEGIN and COMMIT included. Run by intake.py."""

import os
import secrets

TIMES = 60
PATH = "/api/v1/cases/citizen_reports.report/report"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    import django

    django.setup()
    from bench import reports
    from bench.asking import Server

    server, trips = Server(), []
    for body in reports.bodies(2 * TIMES):
        key = secrets.token_hex(16)
        answer = server.ask("POST", PATH, body, CONTENT_TYPE="application/json", HTTP_IDEMPOTENCY_KEY=key)
        assert answer.status == 201, answer.body.decode()
        trips.append(answer.trips)
    print(f"round trips per intake: {sum(trips[TIMES:]) / TIMES:.2f}")


if __name__ == "__main__":
    main()
