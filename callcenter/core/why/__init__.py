"""Why: what the routing did and does, in sentences. Pure; it looks, and changes nothing."""
