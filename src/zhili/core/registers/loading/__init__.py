"""Firms and premises by the file: `fields` says what a column may mean, `judging` sorts good rows from bad, `keeping`
seals the table while it waits, `running` looks at it and brings it in batch by batch, going on where it was stopped.
"""
