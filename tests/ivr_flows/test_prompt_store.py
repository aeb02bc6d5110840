import hashlib
import json

import pytest

from ivr_flows.prompt_store import (
    UnknownPrompt,
    duration_ms,
    prompt_file,
    prompt_folder,
    prompt_names,
    prompt_texts,
    text_digest,
)

NEEDED = {
    "welcome", "main_menu", "wrong_key", "please_wait", "still_waiting", "you_are_next",
    "you_are_number", "many_callers", "sorry_nobody_free", "closed_now", "we_will_call_back",
    "request_noted", "goodbye", "apology", *(f"number_{number}" for number in range(1, 21)),
}  # fmt: skip


def amplitude(byte: int) -> int:
    """The size of one mu-law sample, 0 to 32124 (ITU-T G.711, the usual 16-bit expansion)."""
    inverted = ~byte & 0xFF
    return ((((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84


def test_all_prompts_that_the_service_plays_are_shipped():
    assert prompt_names() >= NEEDED


def test_the_folder_holds_the_named_files_and_no_others():
    files = {file.stem for file in prompt_folder().glob("*.ulaw")}
    assert files == prompt_names()


@pytest.mark.parametrize("name", sorted(prompt_names()))
def test_a_prompt_is_audible_and_short(name):
    sound = prompt_file(name).read_bytes()
    assert 300 <= duration_ms(name) < 8_000
    assert max(amplitude(byte) for byte in sound) > 8_000
    loud = sum(amplitude(byte) > 500 for byte in sound)
    assert loud > len(sound) * 0.2


@pytest.mark.parametrize("name", sorted(prompt_names()))
def test_a_prompt_was_made_from_its_text(name):
    made = json.loads((prompt_folder() / "made.json").read_text("utf-8"))
    hint = f"the text of {name} has changed: run make prompts"
    assert made[name]["text"] == text_digest(prompt_texts()[name]), hint
    assert made[name]["sound"] == hashlib.sha256(prompt_file(name).read_bytes()).hexdigest()


def test_all_prompts_together_stay_small():
    assert sum(prompt_file(name).stat().st_size for name in prompt_names()) < 1_500_000


def test_no_two_prompts_are_the_same_sound():
    sounds = {prompt_file(name).read_bytes() for name in prompt_names()}
    assert len(sounds) == len(prompt_names())


@pytest.mark.parametrize("name", ["", "nothing", "../en/welcome", "welcome.ulaw", "made"])
def test_a_name_that_is_no_prompt_is_unknown(name):
    with pytest.raises(UnknownPrompt):
        prompt_file(name)


@pytest.mark.parametrize("language", ["xx", "", ".", "..", "en/.", "en\0"])
def test_a_language_without_prompts_is_unknown(language):
    with pytest.raises(UnknownPrompt):
        prompt_names(language)
