"""The page in the browser and its API: thin faces over the calls of the library."""
