"""The cuts: what each kind of garment is made of, as outlines in design units."""
