"""Ways out for a message: one contract, a file each."""
