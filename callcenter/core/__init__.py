"""Pure decisions: standard library only; no await, clock, random, logging or I/O."""
