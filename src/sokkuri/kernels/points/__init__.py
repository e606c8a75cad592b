"""Points of a picture that stay where it is cut, turned or filtered, and the codes around them."""
