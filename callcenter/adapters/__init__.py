"""Adapters translate between a vendor's words and ours, and decide nothing."""
