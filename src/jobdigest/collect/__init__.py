"""collect: sources → raw postings."""
