"""The pages: a thin door over the stages."""
