/** Entities for tests, the plain and the hostile. */
import type { CustomerCard, DeskCall, MyAgent, SessionInfo } from "../gen/wire";
import { PROTOCOL } from "../gen/wire";

export const HOSTILE: readonly string[] = [
  "<script>document.title = 'owned'</script>",
  "<img src=x onerror=\"document.title = 'owned'\">",
  "javascript:document.title='owned'",
  "W".repeat(2_048),
  "\u202Eעליזה בן-דוד 🧿👩‍👩‍👧‍👦 مرحبا",
  "'\"`&lt;\u0000\uD800",
];

export function session(change: Partial<SessionInfo> = {}): SessionInfo {
  return {
    user_id: "u1",
    login: "dana",
    name: "Dana Okafor",
    role: "agent",
    takes_calls: true,
    protocol: PROTOCOL,
    pause_reasons: ["break", "lunch"],
    dispositions: [
      { code: "solved", label: "Solved", requires_note: false },
      { code: "complaint", label: "Complaint", requires_note: true },
    ],
    request_kinds: ["fault", "billing"],
    ...change,
  };
}

export function agent(change: Partial<MyAgent> = {}): MyAgent {
  return {
    id: "u1",
    name: "Dana Okafor",
    state: "ready",
    since_at: 0,
    pause_reason: "",
    next_status: "",
    station: "PJSIP/1001",
    answers_by_click: true,
    resting_until: null,
    misses: 0,
    ...change,
  };
}

export function deskCall(change: Partial<DeskCall> = {}): DeskCall {
  return {
    id: "call-1",
    phase: "ringing",
    ani: "+493012345678",
    presentation: "allowed",
    caller_name: "Amelie Brandt",
    match_status: "single",
    party_id: "p1",
    candidates: [],
    dnis: "+498005550100",
    service: "Customer line",
    queue_name: "Billing",
    menu_path: ["Invoices"],
    waited_ms: 107_000,
    offered_at: 0,
    answered_at: null,
    ended_at: null,
    wrap_up_until: null,
    card: null,
    offer_id: "offer-1",
    extensions_left: 3,
    extension_ms: 60_000,
    ...change,
  };
}

/** A call and a card in which every text is the given one. */
export function callMadeOf(text: string): DeskCall {
  const card: CustomerCard = {
    party_id: "p1",
    name: text,
    tier: text,
    company: text,
    language: text,
    numbers: [text],
    do_not_call: true,
    activities: [
      {
        activity_id: "a1",
        at: 0,
        kind: text,
        subject: text,
        outcome: text,
        disposition: text,
        agent_name: text,
        note: text,
      },
    ],
    requests: [{ number: text, subject: text, kind: text, status: text, opened_at: 0 }],
  };
  return deskCall({
    ani: text,
    presentation: text,
    caller_name: text,
    match_status: text,
    party_id: "",
    candidates: [{ party_id: "p1", name: text, tier: text, reason: text }],
    dnis: text,
    service: text,
    queue_name: text,
    menu_path: [text, text],
    card,
  });
}
