/** The stretches of a call, drawn to scale, and the same as a table. */
import { layout, type Bar } from "../core/timeline";
import { duration, spokenDuration, timeOfDay } from "../core/format";
import { readable, segmentWord } from "../core/words";
import type { CallStory } from "../gen/wire";
import { now } from "../store/now";
import { Text } from "./parts";

const ROOM_FOR_WORD_PERCENT = 13;

export function Timeline({ call }: { call: CallStory }) {
  const isOver = call.segments.every((segment) => segment.ended_at !== null);
  const drawn = layout(call.segments, call.arrived_at, isOver ? call.arrived_at : now.value);
  return (
    <>
      <div class="timeline" aria-hidden="true">
        {[0, 1].map((lane) => (
          <div class="lane" key={lane}>
            {drawn.bars
              .filter((bar) => bar.lane === lane)
              .map((bar, index) => (
                <Stretch key={index} bar={bar} />
              ))}
          </div>
        ))}
        <div class="axis">
          {drawn.ticks.map((tick) => (
            <span key={tick.atMs} style={{ left: `${tick.leftPercent}%` }}>
              {duration(tick.atMs)}
            </span>
          ))}
        </div>
      </div>
      <table class="stretches">
        <thead>
          <tr>
            <th scope="col">Stretch</th>
            <th scope="col">From</th>
            <th scope="col" class="count">
              Length
            </th>
            <th scope="col">Ended by</th>
            <th scope="col">Agent</th>
          </tr>
        </thead>
        <tbody>
          {drawn.bars.map((bar, index) => (
            <tr key={index}>
              <th scope="row">
                <span class={`swatch seg-${bar.segment.kind}`} />
                {segmentWord(bar.segment.kind)}
              </th>
              <td class="timer">{timeOfDay(bar.segment.started_at)}</td>
              <td class="count">{duration(bar.lengthMs)}</td>
              <td>
                <Text>
                  {bar.segment.ended_at === null ? "goes on" : readable(bar.segment.end_reason)}
                </Text>
              </td>
              <td>
                <Text>{bar.segment.agent_name || "–"}</Text>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Stretch({ bar }: { bar: Bar }) {
  const word = segmentWord(bar.segment.kind);
  return (
    <span
      class={`stretch seg-${bar.segment.kind}`}
      style={{ left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` }}
      title={`${word}, ${spokenDuration(bar.lengthMs)}`}
    >
      {bar.widthPercent > ROOM_FOR_WORD_PERCENT ? word : ""}
    </span>
  );
}
