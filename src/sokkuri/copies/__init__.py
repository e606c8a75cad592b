"""The same photo, however it was cut, turned, framed, filtered or pasted."""
