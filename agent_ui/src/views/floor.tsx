/** The supervisor's page: queues, agents, calls, all live. */
import { isFloorKnown } from "../store/desk";
import { FloorAgents } from "./floor-agents";
import { FloorCalls } from "./floor-calls";
import { FloorNotices } from "./floor-notices";
import { FloorQueues } from "./floor-queues";
import { Empty } from "./parts";

export function Floor() {
  return (
    <>
      <h1 class="unseen">Floor</h1>
      {isFloorKnown.value ? (
        <>
          <FloorNotices />
          <FloorQueues />
          <FloorAgents />
          <FloorCalls />
        </>
      ) : (
        <Empty title="Connecting…">The floor is being fetched.</Empty>
      )}
    </>
  );
}
