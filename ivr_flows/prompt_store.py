"""The prompts that are shipped: 8 kHz mu-law without a header, as the trunk sends it.

``prompts/<language>/prompts.yaml`` says what each prompt says, ``scripts/make_prompts.py`` speaks
it into ``<name>.ulaw`` and notes in ``made.json`` which text each file was made from.
"""

import hashlib
import importlib.resources
from functools import cache
from pathlib import Path

from ivr_flows.yaml_source import parse_document

BYTES_PER_MS = 8
"""8000 samples a second, one byte each (G.711)."""


class UnknownPrompt(LookupError):
    """There is no prompt of this name in this language."""


def prompt_folder(language: str = "en") -> Path:
    """Return the folder of a language's prompts; raises UnknownPrompt if none are shipped."""
    folder = _prompts() / language
    if not language.isalpha() or not folder.is_dir():
        raise UnknownPrompt(f"no prompts are shipped in the language {language!r}")
    return folder


@cache
def prompt_texts(language: str = "en") -> dict[str, str]:
    """Return what each prompt says, by name."""
    source = prompt_folder(language) / "prompts.yaml"
    data = parse_document(source.read_text("utf-8"), source.name).data
    if not isinstance(data, dict):
        raise TypeError(f"{source.name} is not a mapping of names to texts")
    return {str(name): str(text) for name, text in data.items()}


def prompt_names(language: str = "en") -> frozenset[str]:
    """Return the names of all prompts in a language."""
    return frozenset(prompt_texts(language))


def prompt_file(name: str, language: str = "en") -> Path:
    """Return the sound file of a prompt; raises UnknownPrompt."""
    if name not in prompt_texts(language):
        raise UnknownPrompt(f"there is no prompt {name!r} in the language {language!r}")
    return prompt_folder(language) / f"{name}.ulaw"


def duration_ms(name: str, language: str = "en") -> int:
    """Return how long a prompt plays, in milliseconds; raises UnknownPrompt."""
    return prompt_file(name, language).stat().st_size // BYTES_PER_MS


def text_digest(text: str) -> str:
    """Return the digest by which ``made.json`` knows a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _prompts() -> Path:
    """Return the folder of all languages; the package is never run from a zip file."""
    return Path(str(importlib.resources.files("ivr_flows"))) / "prompts"
