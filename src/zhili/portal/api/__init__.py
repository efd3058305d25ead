"""The programs' door, ``/api/v1``: the same kernel as the pages, in JSON.

``asking`` reads a request, ``problems`` words a refusal, ``shapes`` says what an answer looks like,
``root`` puts the
endpoints together; the other modules hold one subject each.
"""
