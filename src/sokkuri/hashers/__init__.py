"""Hash families, one room each; :mod:`sokkuri.registry` finds them by name."""
