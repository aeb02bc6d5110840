/** What supervisors should know of the service itself: it takes no new calls, for example. */
import { floorNotices } from "../store/desk";
import { Icon } from "./icons";
import { Since } from "./parts";

export function FloorNotices() {
  return (
    <div class="floor-notices" role="status">
      {floorNotices.value.map((notice) => (
        <p class="floor-notice" key={notice.id}>
          <Icon name="lost" />
          <span dir="auto">{notice.text}</span>
          <Since at={notice.since_at} />
        </p>
      ))}
    </div>
  );
}
