/** The product's mark and name. */
import mark from "../icons/quiet.svg";

export function Logo() {
  return (
    <span class="logo">
      <img src={mark} alt="" width="22" height="22" />
      <span>callcenter</span>
    </span>
  );
}
