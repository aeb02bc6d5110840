"""Speaks the shipped prompts into sound files: espeak-ng for the voice, sox for the telephone.

Only texts that changed since ``made.json`` are spoken again; ``--all`` speaks every one, and
``--keep`` takes the files as they are, for recordings that a person made.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ivr_flows.prompt_store import prompt_folder, prompt_texts, text_digest

VOICES = {"en": "en-us"}
WORDS_PER_MINUTE = "155"
# Telephone band, speech only (silence cut at both ends), -3 dB, 150 ms of rest on each side; no
# dither, so that the same text gives the same bytes.
EFFECTS = (
    "highpass 200 silence 1 0.01 0.1% reverse silence 1 0.01 0.1% reverse norm -3 pad 0.15 0.15"
)


def main() -> int:
    """Make what is missing or out of date and remove what is not named any more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="speak every prompt again")
    parser.add_argument("--keep", action="store_true", help="speak none, note what is there")
    parser.add_argument("--language", default="en", choices=sorted(VOICES))
    options = parser.parse_args()
    if options.keep:
        return note(options.language)
    for tool in ("espeak-ng", "sox"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed; on Debian: apt-get install {tool}", file=sys.stderr)
            return 1
    made = make(options.language, everything=options.all)
    print(f"{made} of {len(prompt_texts(options.language))} prompts made")
    return note(options.language)


def make(language: str, *, everything: bool) -> int:
    """Make the prompts of a language and return how many were made."""
    folder = prompt_folder(language)
    record = folder / "made.json"
    before = json.loads(record.read_text("utf-8")) if record.exists() and not everything else {}
    made = 0
    for name, text in prompt_texts(language).items():
        file = folder / f"{name}.ulaw"
        if before.get(name) != entry(text, file):
            speak(text, file, VOICES[language])
            made += 1
    return made


def note(language: str) -> int:
    """Write ``made.json`` and remove sounds that are not named any more; 1 if one is missing."""
    folder = prompt_folder(language)
    files = {name: folder / f"{name}.ulaw" for name in prompt_texts(language)}
    missing = [str(file) for file in files.values() if not file.exists()]
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        return 1
    for file in set(folder.glob("*.ulaw")) - set(files.values()):
        file.unlink()
    made = {name: entry(text, files[name]) for name, text in prompt_texts(language).items()}
    (folder / "made.json").write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def entry(text: str, file: Path) -> dict[str, str]:
    """Return what ``made.json`` says of a file that was made from a text."""
    sound = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
    return {"text": text_digest(text), "sound": sound}


def speak(text: str, file: Path, voice: str) -> None:
    """Write a text as 8 kHz mu-law without a header."""
    with tempfile.TemporaryDirectory() as scratch:
        speech = Path(scratch) / "speech.wav"
        spoken = ["espeak-ng", "-v", voice, "-s", WORDS_PER_MINUTE, "-w", str(speech), "--", text]
        subprocess.run(spoken, check=True)
        telephone = ["-D", str(speech), "-t", "ul", "-r", "8000", "-c", "1", str(file)]
        subprocess.run(["sox", *telephone, *EFFECTS.split()], check=True)


if __name__ == "__main__":
    sys.exit(main())
