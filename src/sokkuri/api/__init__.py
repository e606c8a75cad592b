"""The calls behind the front door, a room each; a program that needs one loads no other."""
