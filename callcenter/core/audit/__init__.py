"""The PBX's own ledger against our records: pure, no I/O."""
