/** Short messages, such as why a request was refused. */
import { notices, putAway } from "../store/notices";
import { Icon } from "./icons";

export function Notices() {
  return (
    <div class="notices" role="alert" aria-live="assertive">
      {notices.value.map((notice) => (
        <div class="notice" key={notice.id}>
          <p dir="auto">{notice.text}</p>
          <button
            type="button"
            class="icon-button"
            aria-label="Put this message away"
            onClick={() => {
              putAway(notice.id);
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
