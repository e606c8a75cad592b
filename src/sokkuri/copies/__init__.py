"""The same photo, however it was cut, turned, framed, filtered or pasted.

Candidates are found by codes of points, exactly; each is then verified on aligned pixels.
"""
