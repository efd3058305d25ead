"""Stands for the press on a machine without its libraries."""

from zhili.core.documents import aside

if __name__ == "__main__":
    aside.begin()
    raise SystemExit(aside.lacking(OSError("cannot load library 'libpango-1.0-0'")))
