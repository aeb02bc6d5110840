/** The connection's world in a browser. */
import type { Socket, World } from "./connection";
import { currentSession, socketTicket } from "./http";

export function browserWorld(): World {
  return {
    open: openSocket,
    ticket: socketTicket,
    probe: async () => {
      await currentSession();
    },
    later: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => {
        clearTimeout(timer);
      };
    },
    random: Math.random,
  };
}

function openSocket(ticket: string): Socket {
  const address = new URL(`/ws?ticket=${encodeURIComponent(ticket)}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const inner = new WebSocket(address);
  const socket: Socket = {
    onmessage: null,
    onclose: null,
    send: (text) => {
      if (inner.readyState === WebSocket.OPEN) inner.send(text);
    },
    close: () => {
      inner.close();
    },
  };
  inner.onmessage = (event) => socket.onmessage?.(event);
  inner.onclose = () => socket.onclose?.();
  return socket;
}
