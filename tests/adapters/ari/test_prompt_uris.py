from callcenter.adapters.ari.prompt_uris import PromptUris


def test_installed_prompts_are_named_without_a_suffix() -> None:
    assert PromptUris().media(("a", "b")) == "sound:callcenter/en/a,sound:callcenter/en/b"


def test_fetched_prompts_are_addresses_of_files() -> None:
    uris = PromptUris("sound:http://127.0.0.1:8080/prompts/en/", ".ulaw")
    assert uris.media(("goodbye",)) == "sound:http://127.0.0.1:8080/prompts/en/goodbye.ulaw"


def test_a_name_cannot_become_a_second_prompt() -> None:
    assert PromptUris().media(("a,sound:b",)).count(",") == 0


def test_a_prompt_of_unknown_length_counts_as_short() -> None:
    assert PromptUris(durations={"a": 1_500}).duration_ms(("a", "a", "b")) == 3_000
