"""The library: what is known of a folder of photos, kept on disk and kept fresh."""
