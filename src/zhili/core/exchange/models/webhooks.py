"""Who is told of what happens here, by signed CloudEvents."""
