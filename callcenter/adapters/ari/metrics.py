"""What is counted of the talk with the PBX."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class AriMetrics:
    """Counters of one connection to a PBX, without personal data."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "callcenter_ari_events", "Messages from the PBX", ["type"], registry=registry
        )
        self._requests = Histogram(
            "callcenter_ari_request_seconds",
            "Time until the PBX answered a command",
            ["name"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._refused = Counter(
            "callcenter_ari_refusals",
            "Commands that the PBX refused; status 0: no answer",
            ["name", "status"],
            registry=registry,
        )
        self.event_age = Histogram(
            "callcenter_ari_event_age_seconds",
            "Age of an offered call when it was read; high values mean that we are too slow",
            buckets=_SECONDS,
            registry=registry,
        )
        self.claims = Counter(
            "callcenter_claims",
            "Calls that we tried to take: won, lost to another node, late, unanswered, refused",
            ["result"],
            registry=registry,
        )
        self.claim_age = Histogram(
            "callcenter_claim_seconds",
            "From reading the offer of a call until the PBX has given it to us",
            buckets=_SECONDS,
            registry=registry,
        )
        self.connects = Counter(
            "callcenter_ari_connects", "Event sockets opened", registry=registry
        )
        self.id_conflicts = Counter(
            "callcenter_ari_channel_id_conflicts",
            "409 when creating a channel: the PBX must be restarted at the next drain",
            registry=registry,
        )
        self._event_counts: dict[str, Counter] = {}
        self._request_times: dict[str, Histogram] = {}

    def event(self, kind: str) -> None:
        """Count a message by its type, or by why it could not be read."""
        counter = self._event_counts.get(kind)
        if counter is None:
            # Kinds are types of ours or words of ours, never text of the network: few.
            counter = self._event_counts[kind] = self._events.labels(kind)
        counter.inc()

    def answered(self, name: str, seconds: float) -> None:
        """Note how long the PBX took for a command."""
        self._observer(name)(seconds)

    def refused(self, name: str, status: int) -> None:
        """Count a refusal; 0 for no answer."""
        self._refused.labels(name, str(status)).inc()

    def _observer(self, name: str) -> Callable[[float], None]:
        timer = self._request_times.get(name)
        if timer is None:
            timer = self._request_times[name] = self._requests.labels(name)
        return timer.observe
