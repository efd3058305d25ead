"""Taking measurements in, keeping them for their time, and giving them out. Read `storing` first."""
