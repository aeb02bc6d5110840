"""Tests of the modelled PBX's parts."""
