/** The HTTP interface: the session, tickets for the socket, past calls, and reasons. */
import type {
  CallList,
  CallStory,
  ErrorBody,
  Explanation,
  LogIn,
  SessionInfo,
  Ticket,
  Why,
} from "../gen/wire";

/** The service said no, or could not be reached (`code` is then "unreachable"). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const TIMEOUT_MS = 10_000;

export async function currentSession(): Promise<SessionInfo> {
  return (await call("GET", "/api/session")) as SessionInfo;
}

export async function logIn(body: LogIn): Promise<SessionInfo> {
  return (await call("POST", "/api/session", body)) as SessionInfo;
}

export async function endSession(): Promise<void> {
  await call("DELETE", "/api/session");
}

export async function socketTicket(): Promise<string> {
  return ((await call("POST", "/api/ticket")) as Ticket).ticket;
}

export async function findCalls(text: string, cursor: string | null): Promise<CallList> {
  const query = new URLSearchParams();
  if (text !== "") query.set("q", text);
  if (cursor !== null) query.set("cursor", cursor);
  return (await call("GET", `/api/calls?${query.toString()}`)) as CallList;
}

export async function callStory(callId: string): Promise<CallStory> {
  return (await call("GET", `/api/calls/${encodeURIComponent(callId)}`)) as CallStory;
}

export async function whyCall(callId: string): Promise<Explanation> {
  return explanationAt(`calls/${encodeURIComponent(callId)}`);
}

export async function whyAgent(agentId: string): Promise<Explanation> {
  return explanationAt(`agents/${encodeURIComponent(agentId)}`);
}

async function explanationAt(place: string): Promise<Explanation> {
  return ((await call("GET", `/api/why/${place}`)) as Why).explanation;
}

async function call(method: string, path: string, body?: LogIn): Promise<unknown> {
  const response = await reach(method, path, body);
  const text = await response.text();
  if (!response.ok) throw errorOf(response.status, text);
  return text === "" ? null : parsed(text);
}

async function reach(method: string, path: string, body?: LogIn): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(
      "unreachable",
      "The service does not answer. Check the network, then try again.",
    );
  }
}

function errorOf(status: number, text: string): ApiError {
  const body = parsed(text);
  if (isErrorBody(body)) return new ApiError(body.error, body.message);
  const code = status === 401 ? "not_logged_in" : status >= 500 ? "unreachable" : "bad_request";
  return new ApiError(code, `The service answered with error ${status}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== "object" || value === null) return false;
  return (
    typeof Reflect.get(value, "error") === "string" &&
    typeof Reflect.get(value, "message") === "string"
  );
}
