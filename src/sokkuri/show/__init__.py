"""Views of an outcome: the tutorial's figure, the notebook's fragment, names fit to be shown.

Import what is needed from the submodules; this package itself imports nothing, so that a terminal
table can use :mod:`sokkuri.show.text` without paying for matplotlib.
"""
