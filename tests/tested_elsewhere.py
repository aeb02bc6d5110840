"""Sources without a test file of their own, by what tests them. The list may only shrink.

``tests/test_layout.py`` fails when an entry is not needed any more, and when what is said to test
it is not there. A new source gets a test file, not an entry.
"""

TESTED_BY: dict[str, tuple[str, ...]] = {
    # They declare, and do nothing; mypy and the tests of what uses them hold them.
    "tests/core": (
        "callcenter/core/acd/asked.py",
        "callcenter/core/acd/callback_rules.py",
        "callcenter/core/acd/choice.py",
        "callcenter/core/acd/facts.py",
        "callcenter/core/acd/messages.py",
        "callcenter/core/acd/model.py",
        "callcenter/core/acd/queue_messages.py",
        "callcenter/core/acd/people.py",
        "callcenter/core/acd/comfort_messages.py",
        "callcenter/core/acd/facts.py",
        "callcenter/core/acd/messages.py",
        "callcenter/core/acd/model.py",
        "callcenter/core/acd/offer_end_messages.py",
        "callcenter/core/acd/wrap_up_messages.py",
        "callcenter/core/call/callback_messages.py",
        "callcenter/core/call/decision.py",
        "callcenter/core/call/effects.py",
        "callcenter/core/call/facts.py",
        "callcenter/core/call/messages.py",
        "callcenter/core/plan.py",
    ),
    "tests/core/acd/test_matcher.py": ("callcenter/core/acd/classes.py",),
    "tests/core/acd/test_pool.py": (
        "callcenter/core/acd/callers.py",
        "callcenter/core/acd/evolving.py",
    ),
    "tests/ivr_flows/test_load.py": (
        "ivr_flows/forms.py",
        "ivr_flows/messages.py",
        "ivr_flows/model.py",
    ),
    # Protocols: their tests run on all that implements them.
    "tests/contracts": (
        "callcenter/adapters/commits.py",
        "callcenter/adapters/cursors.py",
        "callcenter/adapters/memory/directory.py",
        "callcenter/adapters/memory/records.py",
        "callcenter/adapters/sql/accounts.py",
        "callcenter/adapters/sql/directory.py",
        "callcenter/adapters/sql/outages.py",
        "callcenter/ports/accounts.py",
        "callcenter/ports/archive.py",
        "callcenter/ports/callbacks.py",
        "callcenter/ports/clock.py",
        "callcenter/ports/desk.py",
        "callcenter/ports/directory.py",
        "callcenter/ports/journal.py",
        "callcenter/ports/ledger.py",
        "callcenter/ports/records.py",
        "callcenter/ports/reports.py",
        "callcenter/ports/requests.py",
        "callcenter/ports/stations.py",
        "callcenter/ports/stories.py",
        "callcenter/ports/telephony.py",
    ),
    "tests/runtime/test_explaining.py": ("callcenter/ports/why.py",),
    "tests/test_reloading.py": ("callcenter/ports/reloading.py",),
    "tests/adapters/sql/test_journal.py": (
        "callcenter/adapters/sql/journal_file.py",
        "callcenter/adapters/sql/journal_writer.py",
    ),
    "tests/adapters/ari/test_telephony.py": (
        "callcenter/adapters/ari/client.py",
        "callcenter/adapters/ari/desk_phones.py",
        "callcenter/adapters/ari/transport.py",
        # Written by scripts/write_ari_models.py.
        "callcenter/adapters/ari/wire.py",
    ),
    "tests/adapters/web/test_server.py": (
        "callcenter/adapters/web/app.py",
        "callcenter/adapters/web/bodies.py",
        "callcenter/adapters/web/problems.py",
        "callcenter/adapters/web/settings.py",
        "callcenter/adapters/web/why_bodies.py",
        "callcenter/adapters/web/wire.py",
    ),
    # The store's parts are one to its tests: tables, and what is read and written through ports.
    "tests/contracts/test_records.py": (
        "crm_store/bulk.py",
        "crm_store/columns.py",
        "crm_store/customer_file.py",
        "crm_store/engine.py",
        "crm_store/interactions.py",
        "crm_store/parties.py",
        "crm_store/passwords.py",
        "crm_store/requests.py",
        "crm_store/schema.py",
    ),
    # The model of Asterisk is one thing behind its REST interface and events.
    "tests/simulation/pbx/test_rest.py": (
        "callcenter/simulation/pbx/apps.py",
        "callcenter/simulation/pbx/bridges.py",
        "callcenter/simulation/pbx/channels.py",
        "callcenter/simulation/pbx/dialplan.py",
        "callcenter/simulation/pbx/events.py",
        "callcenter/simulation/pbx/media.py",
        "callcenter/simulation/pbx/originate.py",
        "callcenter/simulation/pbx/playbacks.py",
        "callcenter/simulation/pbx/requests.py",
        "callcenter/simulation/pbx/rest_bridges.py",
        "callcenter/simulation/pbx/rest_channels.py",
        "callcenter/simulation/pbx/rest_system.py",
        "callcenter/simulation/pbx/state.py",
        "callcenter/simulation/scheduler.py",
    ),
    "tests/simulation/test_floor.py": ("callcenter/simulation/pool_router.py",),
    "tests/simulation/test_with_the_service.py": ("callcenter/simulation/click_stations.py",),
    # The program as it is installed, killed and started again, on both PBXs.
    "tests/acceptance": (
        "callcenter/cli/common.py",
        "callcenter/runtime/topics.py",
    ),
    # Measurements: they are run, and their figures read.
    "callcenter/benchmarks": (
        "callcenter/benchmarks/desks.py",
        "callcenter/benchmarks/lab.py",
        "callcenter/benchmarks/pop.py",
        "callcenter/benchmarks/served.py",
        "callcenter/benchmarks/setup.py",
        "callcenter/cli/bench.py",
    ),
    "tests/doctor/test_examination.py": ("callcenter/doctor/checks.py",),
    # These work on the machine: make test runs them, and what they leave is tested.
    "tests/support/test_asterisk_chroot.py": ("scripts/install_asterisk_lab.py",),
    "tests/ivr_flows/test_prompt_store.py": ("scripts/make_prompts.py",),
    "tests/asterisk/test_ari_adapter.py": ("scripts/write_ari_models.py",),
    "tests/adapters/web/test_pages.py": (
        "scripts/hatch_build.py",
        "scripts/picture_ui.py",
        "scripts/screenshots.py",
    ),
}

OF_SEVERAL_SOURCES = {
    "tests/core/acd/test_easing.py": "relaxation steps and own agents: needs, pool, decisions",
    "tests/core/test_ringing_several.py": "several phones ring for one caller: pool, call, PBX",
    "tests/core/test_invariants.py": "what must hold of calls and pools after any input",
    "tests/core/test_callback_invariants.py": "the same where customers are called back",
    "tests/core/test_overflow_invariants.py": "the same where callers overflow",
    "tests/core/test_recovery.py": "calls after a restart, or after an error of the program",
    "tests/core/test_replay.py": "the same inputs give the same facts, in any process",
    "tests/core/test_waiting.py": "what those who wait hear and can do, and what counts as missed",
}
"""Test files below mirrored folders that are about more than one source."""
