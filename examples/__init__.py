"""A demo that needs no network: boards in their own formats, readers, and a mail server of its own."""
