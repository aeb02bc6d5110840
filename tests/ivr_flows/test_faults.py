from ivr_flows.faults import MAX_FAULTS, Fault, FaultList, FaultyText, Marks, shown, suggestion

MARKS = Marks("f.yaml", {(): (1, 1), ("a",): (2, 4)}, {("a",): (2, 1), ("b",): (3, 1)})


def test_a_fault_reads_as_file_line_column_problem_and_remedy():
    assert Fault("f.yaml", 3, 7, "it is wrong", "mend it").in_words() == (
        "f.yaml:3:7: it is wrong; mend it"
    )


def test_faults_are_told_in_the_order_of_the_text():
    error = FaultyText([Fault("f", 9, 1, "later"), Fault("f", 2, 5, "earlier")])
    assert str(error) == "f:2:5: earlier\nf:9:1: later"


def test_a_fault_in_what_is_absent_stands_where_it_would_be():
    assert MARKS.of_value(("a", "x", 3)) == (2, 1)
    assert MARKS.of_value(("b",)) == (3, 1)
    assert MARKS.of_value(("nowhere",)) == (1, 1)
    assert Marks().of_key(("a",)) == (1, 1)


def test_values_and_keys_have_places_of_their_own():
    faults = FaultList(MARKS)
    faults.add(("a",), "bad value")
    faults.add_at_key(("a",), "bad key")
    assert [fault.column for fault in faults.faults] == [4, 1]


def test_only_so_many_faults_are_kept_but_all_are_counted():
    faults = FaultList(MARKS)
    for _ in range(MAX_FAULTS + 5):
        faults.unknown(("a",), "node", "sals", ["sales"])
    assert (len(faults.faults), faults.count) == (MAX_FAULTS, MAX_FAULTS + 5)
    assert len(FaultyText(faults.faults * 2).faults) == MAX_FAULTS


def test_a_near_miss_is_suggested_and_else_the_choice_is_told():
    assert suggestion("suport", ["sales", "support"]) == "did you mean 'support'?"
    assert suggestion("xyz", ["b", "a"]) == "there are: a, b"
    assert suggestion("x", [f"name{n}" for n in range(20)]).endswith(", ...")
    assert suggestion("x", []) == "none is declared"


def test_a_hostile_word_is_cut_and_escaped():
    assert shown("a\x1b[31m\n") == r"'a\x1b[31m\n'"
    assert len(shown("x" * 1_000)) == 62
