"""curate: raw postings → judged postings → jobs."""
