"""One picture laid on another: the map refined on pixels, their agreement block by block."""
