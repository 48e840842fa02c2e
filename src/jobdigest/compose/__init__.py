"""compose: jobs → an edition → the parts of one reader's mail."""
