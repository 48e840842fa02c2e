"""Source kinds: one interface, a table of simple boards, a file for each kind that needs code."""
