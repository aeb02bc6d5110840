/** Says how far the service is degraded, while it is. */
import { floorService } from "../store/desk";
import { Icon } from "./icons";

export function FloorServiceNotice() {
  const service = floorService.value;
  return (
    <div role="status">
      {service === null ? null : (
        <div class="panel floor-service">
          <Icon name="lost" />
          <p>
            <strong>Level {service.level} of 5.</strong> {service.text}
          </p>
        </div>
      )}
    </div>
  );
}
