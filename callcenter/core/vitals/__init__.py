"""How much the service can bear, decided from measurements: levels, limits, admission. Pure."""
