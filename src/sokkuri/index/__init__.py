"""Exact search over codes, in memory or mapped from disk, without photos."""
