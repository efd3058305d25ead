"""The board of jobs and training: posted by firms and offices, read by everybody, answered without an account."""
