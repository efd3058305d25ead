"""Wages of building workers: what a month is worth, when it is paid, who pays first, and the bank's files.

``month`` reckons one worker's month from confirmed days; ``sheet`` says what a sheet is bound by; ``payday`` when
it is due; ``ladder`` who pays first; ``bank`` the files out and in. Amounts are integers in fen throughout; nothing
here reads a database or a clock. 《保障农民工工资支付条例》 (2019) is cited by article as 条例; numbers whose text
was not at hand are marked in ``law``.
"""
