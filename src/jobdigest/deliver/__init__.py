"""deliver: deliveries → accepted messages."""
