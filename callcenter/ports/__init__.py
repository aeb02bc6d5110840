"""Protocols through which effects leave and inputs arrive, and the words they use."""
