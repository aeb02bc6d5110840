// Written by scripts/write_wire_types.py from callcenter/adapters/web/wire.py. Do not edit.

export const PROTOCOL = 2;

/** What is asked. */
export type Question = "why_there" | "why_waiting" | "why_no_calls";

/** One sentence, and what belongs to it. */
export interface Sentence {
  readonly text: string;
  readonly at: number | null;
  readonly more: ReadonlyArray<string>;
}

/** Sentences below a title. */
export interface Passage {
  readonly title: string;
  readonly sentences: ReadonlyArray<Sentence>;
}

/** What is said of one call or agent. */
export interface Explanation {
  readonly question: Question;
  readonly id: string;
  readonly at: number;
  readonly headline: string;
  readonly passages: ReadonlyArray<Passage>;
}

/** GET /api/why/calls/{call_id} and /api/why/agents/{agent_id}. */
export interface Why {
  readonly explanation: Explanation;
}

/** GET /api/why/waiting: all who wait, the first in line first. */
export interface WhyWaiting {
  readonly explanations: ReadonlyArray<Explanation>;
}

/** How an agent is shown: the choice and what is happening in one word. */
export type AgentState = "ready" | "ringing" | "talking" | "wrap_up" | "paused" | "resting" | "lost" | "logged_out" | "not_answering";

/** The agent whose page it is. Topic "desk"; one, with the agent's id. */
export interface MyAgent {
  readonly id: string;
  readonly name: string;
  readonly state: AgentState;
  readonly since_at: number;
  readonly pause_reason: string;
  readonly next_status: string;
  readonly station: string;
  readonly answers_by_click: boolean;
  readonly resting_until: number | null;
  readonly misses: number;
}

/** The agent whose page it is. */
export interface MyAgentItem {
  readonly kind: "me";
  readonly value: MyAgent;
}

/** Where a call is, as pages show it. */
export type CallPhase = "ivr" | "waiting" | "ringing" | "talking" | "wrap_up" | "later" | "connecting";

/** A person whom the number may belong to, best first. */
export interface Candidate {
  readonly party_id: string;
  readonly name: string;
  readonly tier: string;
  readonly reason: string;
}

/** A line of the customer's history. */
export interface PastActivity {
  readonly activity_id: string;
  readonly at: number;
  readonly kind: string;
  readonly subject: string;
  readonly outcome: string;
  readonly disposition: string;
  readonly agent_name: string;
  readonly note: string;
}

/** A service request that is not closed. */
export interface OpenServiceRequest {
  readonly number: string;
  readonly subject: string;
  readonly kind: string;
  readonly status: string;
  readonly opened_at: number;
}

/** What an agent wants to see of a customer at once. */
export interface CustomerCard {
  readonly party_id: string;
  readonly name: string;
  readonly tier: string;
  readonly company: string;
  readonly language: string;
  readonly numbers: ReadonlyArray<string>;
  readonly do_not_call: boolean;
  readonly activities: ReadonlyArray<PastActivity>;
  readonly requests: ReadonlyArray<OpenServiceRequest>;
}

/** The call that the agent is offered, talks in, or wraps up: the pop. Topic "desk". */
export interface DeskCall {
  readonly id: string;
  readonly phase: CallPhase;
  readonly ani: string;
  readonly presentation: string;
  readonly caller_name: string;
  readonly match_status: string;
  readonly party_id: string;
  readonly candidates: ReadonlyArray<Candidate>;
  readonly dnis: string;
  readonly service: string;
  readonly queue_name: string;
  readonly menu_path: ReadonlyArray<string>;
  readonly waited_ms: number;
  readonly offered_at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly wrap_up_until: number | null;
  readonly card: CustomerCard | null;
  readonly offer_id: string;
  readonly extensions_left: number;
  readonly extension_ms: number;
}

/** The pop. */
export interface DeskCallItem {
  readonly kind: "desk_call";
  readonly value: DeskCall;
}

/** A queue that the agent works. Topic "desk". */
export interface MyQueue {
  readonly id: string;
  readonly name: string;
  readonly waiting: number;
  readonly oldest_entered_at: number | null;
}

/** A queue of the agent's. */
export interface MyQueueItem {
  readonly kind: "my_queue";
  readonly value: MyQueue;
}

/** How many callers left a queue for one reason. */
export interface LeftCount {
  readonly reason: string;
  readonly count: number;
}

/** A queue as a supervisor sees it. Topic "floor". */
export interface FloorQueue {
  readonly id: string;
  readonly name: string;
  readonly waiting: number;
  readonly oldest_entered_at: number | null;
  readonly ready: number;
  readonly talking: number;
  readonly wrap_up: number;
  readonly paused: number;
  readonly lost: number;
  readonly offered_today: number;
  readonly answered_today: number;
  readonly abandoned_today: number;
  readonly in_time_today: number;
  readonly service_level_s: number;
  readonly estimates: number;
  readonly estimate_error_s: number;
  readonly estimate_bias_s: number;
  readonly estimate_coverage: number;
  readonly is_open: boolean;
  readonly changes_at: number | null;
  readonly closed_by: string;
  readonly closed_reason: string;
  readonly left_today: ReadonlyArray<LeftCount>;
}

/** A queue on the floor. */
export interface FloorQueueItem {
  readonly kind: "floor_queue";
  readonly value: FloorQueue;
}

/** An agent as a supervisor sees them. Topic "floor". */
export interface FloorAgent {
  readonly id: string;
  readonly name: string;
  readonly state: AgentState;
  readonly since_at: number;
  readonly pause_reason: string;
  readonly queue_ids: ReadonlyArray<string>;
  readonly station: string;
  readonly call_id: string;
  readonly page_connected: boolean;
}

/** An agent on the floor. */
export interface FloorAgentItem {
  readonly kind: "floor_agent";
  readonly value: FloorAgent;
}

/** A call in progress as a supervisor sees it. Topic "floor". */
export interface FloorCall {
  readonly id: string;
  readonly phase: CallPhase;
  readonly ani: string;
  readonly caller_name: string;
  readonly dnis: string;
  readonly service: string;
  readonly queue_id: string;
  readonly agent_id: string;
  readonly since_at: number;
  readonly arrived_at: number;
  readonly priority: number;
}

/** A call on the floor. */
export interface FloorCallItem {
  readonly kind: "floor_call";
  readonly value: FloorCall;
}

/** Something about the service itself that supervisors should know. Topic "floor". */
export interface FloorNotice {
  readonly id: string;
  readonly text: string;
  readonly since_at: number;
}

/** A notice about the service. */
export interface FloorNoticeItem {
  readonly kind: "floor_notice";
  readonly value: FloorNotice;
}

/** An entity that is not there any more. */
export interface Removed {
  readonly kind: string;
  readonly id: string;
}

/** The first frame. */
export interface Hello {
  readonly type: "hello";
  readonly protocol: number;
  readonly now: number;
}

/** All entities of a topic; replaces what the page has of it. */
export interface Snapshot {
  readonly type: "snapshot";
  readonly topic: string;
  readonly epoch: string;
  readonly seq: number;
  readonly now: number;
  readonly items: ReadonlyArray<MyAgentItem | DeskCallItem | MyQueueItem | FloorQueueItem | FloorAgentItem | FloorCallItem | FloorNoticeItem>;
}

/** What changed in a topic; ``seq`` is one more than that of the frame before. */
export interface Changes {
  readonly type: "changes";
  readonly topic: string;
  readonly seq: number;
  readonly now: number;
  readonly items: ReadonlyArray<MyAgentItem | DeskCallItem | MyQueueItem | FloorQueueItem | FloorAgentItem | FloorCallItem | FloorNoticeItem>;
  readonly removed: ReadonlyArray<Removed>;
}

/** A request was carried out. */
export interface Done {
  readonly type: "done";
  readonly request: number;
}

/** A request was refused, and why, in words for people. */
export interface Refused {
  readonly type: "refused";
  readonly request: number;
  readonly reason: string;
}

/** The service closes this socket: "taken_over", "logged_out", "too_slow", "stopping". */
export interface Closing {
  readonly type: "closing";
  readonly reason: string;
}

/** Follow a topic ("desk" or "floor"), from where the page left off if the service still can. */
export interface Subscribe {
  readonly type: "subscribe";
  readonly topic: string;
  readonly epoch?: string;
  readonly seq?: number;
}

/** Take calls. */
export interface Ready {
  readonly type: "ready";
  readonly request: number;
}

/** Take no more calls. */
export interface Pause {
  readonly type: "pause";
  readonly request: number;
  readonly reason: string;
}

/** Stop work. */
export interface LogOut {
  readonly type: "log_out";
  readonly request: number;
}

/** Pick up by a click. */
export interface Answer {
  readonly type: "answer";
  readonly request: number;
  readonly call_id: string;
}

/** End the call. */
export interface HangUp {
  readonly type: "hang_up";
  readonly request: number;
  readonly call_id: string;
}

/** A service request to open. */
export interface RequestDraft {
  readonly kind: string;
  readonly subject: string;
  readonly description?: string;
}

/** File the after-call work. */
export interface WrapUp {
  readonly type: "wrap_up";
  readonly request: number;
  readonly call_id: string;
  readonly disposition: string;
  readonly note?: string;
  readonly service_request?: RequestDraft | null;
}

/** Say who the caller is, from the candidates. */
export interface ConfirmPerson {
  readonly type: "confirm_person";
  readonly request: number;
  readonly call_id: string;
  readonly party_id: string;
}

/** Close a queue before its time; for supervisors. */
export interface CloseQueue {
  readonly type: "close_queue";
  readonly request: number;
  readonly queue_id: string;
  readonly reason: string;
}

/** Take an early closing back; for supervisors. */
export interface ReopenQueue {
  readonly type: "reopen_queue";
  readonly request: number;
  readonly queue_id: string;
}

/** Take a waiting caller from the list, in a queue whose callers are picked by hand. */
export interface Pick {
  readonly type: "pick";
  readonly request: number;
  readonly call_id: string;
}

/** Put a waiting caller before all others; for supervisors. */
export interface Bump {
  readonly type: "bump";
  readonly request: number;
  readonly call_id: string;
}

/** The page shows the call that is offered: only now can the agent miss it. */
export interface OfferShown {
  readonly type: "offer_shown";
  readonly request: number;
  readonly call_id: string;
  readonly offer_id: string;
}

/** Ask for more time for the after-call work. */
export interface ExtendWrapUp {
  readonly type: "extend_wrap_up";
  readonly request: number;
  readonly call_id: string;
}

/** Say how the call ended before it is filed: some outcomes have a time limit of their own. */
export interface ChooseDisposition {
  readonly type: "choose_disposition";
  readonly request: number;
  readonly call_id: string;
  readonly disposition: string;
}

/** Promise the customer of the agent's call a call back, after so many milliseconds. */
export interface CallBack {
  readonly type: "call_back";
  readonly request: number;
  readonly call_id: string;
  readonly after_ms?: number;
}

/** POST /api/session; the session cookie is set on success. */
export interface LogIn {
  readonly login: string;
  readonly password: string;
}

/** A choice in the wrap-up. */
export interface DispositionItem {
  readonly code: string;
  readonly label: string;
  readonly requires_note: boolean;
}

/** What a person may do; each role may do what the ones before it may. */
export type Role = "agent" | "supervisor" | "admin";

/** GET and POST /api/session: who is logged in, and what the page needs once. */
export interface SessionInfo {
  readonly user_id: string;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly takes_calls: boolean;
  readonly protocol: number;
  readonly pause_reasons: ReadonlyArray<string>;
  readonly dispositions: ReadonlyArray<DispositionItem>;
  readonly request_kinds: ReadonlyArray<string>;
}

/** POST /api/ticket: lets one websocket in, once, within 30 s. /ws?ticket=... */
export interface Ticket {
  readonly ticket: string;
}

/** One fact of a call in a sentence. */
export interface StoryLine {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

/** A stretch of a call. */
export interface StorySegment {
  readonly kind: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly end_reason: string;
  readonly queue_id: string;
  readonly agent_name: string;
}

/** GET /api/calls/{call_id}: one call from its facts. */
export interface CallStory {
  readonly call_id: string;
  readonly arrived_at: number;
  readonly ended_at: number | null;
  readonly ani: string;
  readonly caller_name: string;
  readonly dnis: string;
  readonly service: string;
  readonly queue_name: string;
  readonly agent_name: string;
  readonly outcome: string;
  readonly disposition: string;
  readonly note: string;
  readonly wrap_up_late: boolean;
  readonly menu_path: ReadonlyArray<string>;
  readonly segments: ReadonlyArray<StorySegment>;
  readonly requests: ReadonlyArray<string>;
  readonly follow_up: string;
  readonly facts: ReadonlyArray<StoryLine>;
}

/** A line of GET /api/calls?q=...&cursor=... */
export interface CallListLine {
  readonly call_id: string;
  readonly arrived_at: number;
  readonly ani: string;
  readonly caller_name: string;
  readonly service: string;
  readonly queue_name: string;
  readonly agent_name: string;
  readonly outcome: string;
  readonly disposition: string;
  readonly wait_ms: number;
  readonly talk_ms: number;
}

/** A page of the list of calls, newest first. */
export interface CallList {
  readonly lines: ReadonlyArray<CallListLine>;
  readonly next_cursor: string | null;
}

/** The body of every HTTP error. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
}

export type Item =
  | MyAgentItem
  | DeskCallItem
  | MyQueueItem
  | FloorQueueItem
  | FloorAgentItem
  | FloorCallItem
  | FloorNoticeItem;

export type ServerFrame =
  | Hello
  | Snapshot
  | Changes
  | Done
  | Refused
  | Closing;

export type ClientFrame =
  | Subscribe
  | Ready
  | Pause
  | LogOut
  | Answer
  | HangUp
  | WrapUp
  | ConfirmPerson
  | CloseQueue
  | ReopenQueue
  | Pick
  | Bump
  | OfferShown
  | ExtendWrapUp
  | ChooseDisposition
  | CallBack;
