"""One picture laid on another: the map refined on pixels, and how far they agree, block by block."""
