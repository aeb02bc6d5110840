/** Frames as they come over the socket. */
import type { ServerFrame } from "../gen/wire";

const FRAME_TYPES: Readonly<Record<ServerFrame["type"], true>> = {
  hello: true,
  snapshot: true,
  changes: true,
  done: true,
  refused: true,
  closing: true,
};

/**
 * Returns the frame, or null for one that this page does not know.
 *
 * Only the type is looked at: both ends are written from the same definitions, and the number of
 * the protocol, in the first frame, says whether they are the same ones.
 */
export function decodeFrame(text: unknown): ServerFrame | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFrame(value) ? value : null;
  } catch {
    return null;
  }
}

function isFrame(value: unknown): value is ServerFrame {
  if (typeof value !== "object" || value === null) return false;
  const type: unknown = Reflect.get(value, "type");
  return typeof type === "string" && Object.hasOwn(FRAME_TYPES, type);
}
