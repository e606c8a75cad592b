"""One search: what is asked, the photos there are, and the order in which they are answered."""
