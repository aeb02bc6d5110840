"""A ticket works once, soon, and for its session."""

from callcenter.adapters.web.tickets import LIFETIME_MS, MAX_TICKETS, Tickets


def test_ticket_works_once():
    tickets = Tickets()
    ticket = tickets.issue("session", 0)
    assert tickets.redeem(ticket, "session", 10)
    assert not tickets.redeem(ticket, "session", 10)


def test_ticket_of_another_session_is_refused_and_used_up():
    tickets = Tickets()
    ticket = tickets.issue("session", 0)
    assert not tickets.redeem(ticket, "other", 10)
    assert not tickets.redeem(ticket, "session", 10)


def test_ticket_expires():
    tickets = Tickets()
    early, late = tickets.issue("session", 0), tickets.issue("session", 0)
    assert tickets.redeem(early, "session", LIFETIME_MS - 1)
    assert not tickets.redeem(late, "session", LIFETIME_MS)


def test_unknown_tickets_are_refused():
    tickets = Tickets()
    assert not tickets.redeem("", "session", 0)
    assert not tickets.redeem("\udcff", "session", 0)


def test_expired_tickets_are_forgotten():
    tickets = Tickets()
    for _ in range(5):
        tickets.issue("session", 0)
    tickets.issue("session", LIFETIME_MS)
    assert len(tickets) == 1


def test_number_of_tickets_is_bounded():
    tickets = Tickets()
    first = tickets.issue("session", 0)
    for _ in range(MAX_TICKETS - 1):
        tickets.issue("session", 1)
    last = tickets.issue("session", 1)
    assert len(tickets) == MAX_TICKETS
    assert not tickets.redeem(first, "session", 1)
    assert tickets.redeem(last, "session", 1)
