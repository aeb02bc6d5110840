"""The journal in SQLite, and the CRM store behind its ports."""
