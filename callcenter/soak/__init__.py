"""The proof by deterministic simulation: the whole service through days drawn from seeds.

``python -m callcenter.soak --help`` says how to run it; docs/reliability.md says what it proves.
"""
