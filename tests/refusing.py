"""Run with an empty city's settings: try to restore each file named, and say what was answered to each."""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    import django

    django.setup()
    from django.db import DatabaseError

    from zhili.conf.backup.restoring import restore
    from zhili.conf.backup.verifying import verify
    from zhili.conf.site import Refused

    said = []
    for name in sys.argv[1:]:
        answers = []
        for ask in (restore, verify):
            try:
                ask(Path(name))
                answers.append("")
            except (Refused, DatabaseError) as refused:
                answers.append(str(refused))
        said.append(answers)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    main()
