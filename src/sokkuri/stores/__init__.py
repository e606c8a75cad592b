"""Codes on disk: append-only segments under checksums."""
