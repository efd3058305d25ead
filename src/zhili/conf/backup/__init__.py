"""A running city to one file, and back.

The file is a ZIP that ordinary tools open: ``tables/<name>.copy.zst`` (PostgreSQL's COPY text, rows in the order of
the primary key), ``files/…`` (uploads as they are), ``files.tsv.zst`` (their digests), ``keys.sealed`` (only when asked
for) and, last, ``manifest.json``. With a passphrase the whole ZIP lies in a sealed stream (sealed.py).

    save(path)          read a city in one snapshot while it goes on
    verify(path)        every digest, without a database
    restore(path)       into an empty city, in one transaction
"""
