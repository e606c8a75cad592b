"""Groups of photos that are alike, as data: who belongs together, and how far a group reaches."""
