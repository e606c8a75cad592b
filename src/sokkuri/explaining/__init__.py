"""Why two photos match: the very bits that agree and differ, and where in the picture."""
