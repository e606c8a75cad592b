"""Views of an outcome: the tutorial's figure, the notebook's fragment, names fit to be shown."""
