"""Sounds made of sines, as the trunk's codec stores them (8000 samples a second, mu-law)."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

RATE_HZ = 8000
_BIAS = 0x84
_CLIP = 32635


def encode_sample(sample: int) -> int:
    """Return the mu-law byte of a 16-bit sample (ITU-T G.711)."""
    sign = 0x80 if sample < 0 else 0
    level = min(abs(sample), _CLIP) + _BIAS
    exponent = level.bit_length() - 8
    return ~(sign | exponent << 4 | (level >> (exponent + 3)) & 0x0F) & 0xFF


def decode_byte(code: int) -> int:
    """Return the 16-bit sample of a mu-law byte (ITU-T G.711)."""
    bits = ~code & 0xFF
    level = ((((bits & 0x0F) << 3) + _BIAS) << ((bits & 0x70) >> 4)) - _BIAS
    return -level if bits & 0x80 else level


@cache
def tone(hz: int) -> bytes:
    """Return one second of a sine of a whole number of Hz; it can be repeated without a click."""
    return chord((hz,))


def chord(tones_hz: Sequence[int]) -> bytes:
    """Return one second of several sines at once, together at a third of full scale."""
    level = 11000 / len(tones_hz)
    turns = [2 * math.pi * hz / RATE_HZ for hz in tones_hz]
    return bytes(
        encode_sample(round(level * sum(math.sin(turn * n) for turn in turns)))
        for n in range(RATE_HZ)
    )


def write_chord(path: Path, seconds: int = 20) -> None:
    """Write music for those who wait: three low notes, away from the tones of the phones."""
    path.write_bytes(chord((220, 277, 330)) * seconds)
