"""The flow language: what a caller hears and may press, as data, decided by one pure function.

``model`` holds the flow and the caller's place in it, ``messages`` what goes in and out,
``step`` decides, ``load`` reads YAML with file, line and column in each complaint.
"""
