import { describe, expect, it } from "vitest";
import { EMPTY_DRAFT, fault, isWorthKeeping, parseDraft, requestOf } from "./draft";

const CHOICES = [
  { code: "solved", label: "Solved", requires_note: false },
  { code: "complaint", label: "Complaint", requires_note: true },
];

describe("a draft", () => {
  it("cannot be filed without what it needs", () => {
    expect(fault(EMPTY_DRAFT, CHOICES)).toContain("how the call ended");
    expect(fault({ ...EMPTY_DRAFT, disposition: "complaint", note: "  " }, CHOICES)).toContain(
      "note",
    );
    const request = { ...EMPTY_DRAFT, disposition: "solved", wantsRequest: true };
    expect(fault(request, CHOICES)).toContain("subject");
    expect(fault({ ...request, subject: "Credit" }, CHOICES)).toBeNull();
  });

  it("cannot be filed with a choice that is not offered any more", () => {
    expect(fault({ ...EMPTY_DRAFT, disposition: "retired" }, CHOICES)).not.toBeNull();
  });

  it("opens a request of the first kind unless another was chosen", () => {
    const draft = { ...EMPTY_DRAFT, wantsRequest: true, subject: " Credit " };
    expect(requestOf(draft, ["fault", "billing"])).toEqual({
      kind: "fault",
      subject: "Credit",
      description: "",
    });
    expect(requestOf({ ...draft, wantsRequest: false }, ["fault"])).toBeNull();
  });

  it("survives being stored", () => {
    const draft = { ...EMPTY_DRAFT, note: "“ünïcode” 🧿" };
    expect(parseDraft(JSON.stringify(draft))).toEqual(draft);
  });

  it.each([null, "", "{", "[]", "null", '{"note": 1}', '{"note": "only this"}'])(
    "that is stored as %s is nothing",
    (stored) => {
      expect(parseDraft(stored)).toBeNull();
    },
  );

  it("is worth keeping when something was typed", () => {
    expect(isWorthKeeping({ ...EMPTY_DRAFT, disposition: "solved" })).toBe(false);
    expect(isWorthKeeping({ ...EMPTY_DRAFT, subject: "x" })).toBe(true);
  });
});
