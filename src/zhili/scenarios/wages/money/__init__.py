"""The money of wages: sheets from confirmed days, signatures, the bank, warnings, complaints.

drafting    a month's sheets from confirmed days       adjusting   advances, deductions, top-ups
checking    the general contractor's officer looks      signing     each worker signs or objects
sending     a file to the bank                          answering   what the bank said, line by line
verifying   whether a sheet is still what was signed    owing       what is due and not paid
feeding     figures for the warnings (rules)            complaints  a complaint and its wage ladder
"""
