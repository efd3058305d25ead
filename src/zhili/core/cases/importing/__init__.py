"""Real requests in: a file of any city, read under a mapping, checked row by row, brought in by `loading`.

`mapping` says what each column means, `base.sheets` opens the file, `checking` sorts good rows from bad, `places` finds
categories, divisions and offices, `running` does it batch by batch and goes on where it was stopped.
"""
