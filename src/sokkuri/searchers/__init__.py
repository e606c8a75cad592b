"""Searchers, one room each: every one exact, in the order (distance, row)."""
