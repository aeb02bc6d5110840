"""Asterisk by its REST interface: the only package that says "channel"."""
