"""The local web page in a real browser.

A package, so that the browser is closed when its last test is done: while it runs, no other test
of the same process can start an event loop.
"""
