"""Export: items as a BagIt folder that holds its own proofs and is checked without this platform."""
