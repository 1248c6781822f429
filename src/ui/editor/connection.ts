// The live connection of one document: the y-websocket protocol plus Lintel's acknowledgements.
//
// The server counts the update frames of a connection and acknowledges them when they are on disk (message 121). A change
// is saved when its frame is acknowledged; nothing else turns the save state to "saved". Frames are never resent: after a
// reconnect one answer to the server's state vector holds everything that was missing.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";

const MESSAGE_SYNC = 0;
const MESSAGE_AWARENESS = 1;
const MESSAGE_AUTH = 2;
const MESSAGE_QUERY_AWARENESS = 3;
const MESSAGE_ACKNOWLEDGED = 121;
const MESSAGE_CONTROL = 122;

/** Changes younger than this are not worth a word. */
const SAVING_AFTER_MS = 600;
/** Unacknowledged for this long means trouble that a person must see. */
const FAILED_AFTER_MS = 30_000;
const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 30_000;
/** The server pings every 15 s; silence for longer means that the line is dead. */
const SILENCE_MS = 45_000;

/** Quiet time after an acknowledgement before "saved" is said again, so that the word does not blink while people type. */
const QUIET_MS = 300;

/** `pending`: not on disk yet, but too young for a word. */
export type SaveState = "saved" | "pending" | "saving" | "offline" | "reconnecting" | "failed";

export interface ConnectionEvents {
  onSave(state: SaveState, pending: number): void;
  /** The first complete answer of the server has been applied. */
  onSynced(): void;
  /** The decision was made, and the server takes no change of its text: this copy of it is of no use any more. */
  onLocked(): void;
  /** The server took the right to write away, or never gave it. */
  onReadOnly(reason: string): void;
}

export class Connection {
  readonly awareness: awarenessProtocol.Awareness;
  private socket: WebSocket | null = null;
  private closed = false;
  private synced = false;
  /** The server's question for missing changes has been answered on this socket. */
  private answered = false;
  private attempts = 0;
  private timer = 0;
  private watch = 0;
  /** Update frames sent on this socket, and how many of them are on disk. */
  private sent = 0;
  private acknowledged = 0;
  /** Changes made here that no acknowledgement covers yet. */
  private pending = 0;
  private pendingAtSend: number[] = [];
  private oldestPending = 0;
  private settledAt = 0;
  private lastHeard = 0;
  private refused = false;
  private shown = "";

  constructor(
    readonly doc: Y.Doc,
    private readonly url: string,
    private readonly canWrite: boolean,
    /** The origin of updates that the copy on this device brings back. */
    private readonly offlineCopy: unknown,
    private readonly events: ConnectionEvents,
  ) {
    this.awareness = new awarenessProtocol.Awareness(doc);
    doc.on("update", this.onUpdate);
    this.awareness.on("update", this.onAwareness);
    addEventListener("online", this.retryNow);
    addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.onVisible);
    this.watch = window.setInterval(this.tick, 150);
    this.connect();
  }

  destroy(): void {
    this.leave();
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.watch);
    removeEventListener("online", this.retryNow);
    removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.doc.off("update", this.onUpdate);
    this.awareness.off("update", this.onAwareness);
    this.awareness.destroy();
    this.socket?.close(1000);
  }

  retryNow = (): void => {
    if (this.closed || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.sent = 0;
    this.acknowledged = 0;
    this.pendingAtSend = [];
    this.answered = false;
    socket.onopen = () => {
      this.lastHeard = Date.now();
      this.attempts = 0;
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE_SYNC);
      sync.writeSyncStep1(encoder, this.doc);
      this.send(encoder);
      if (this.awareness.getLocalState() !== null) this.sendAwareness([this.doc.clientID]);
      this.report();
    };
    socket.onmessage = (event) => {
      this.lastHeard = Date.now();
      if (event.data instanceof ArrayBuffer) this.receive(new Uint8Array(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.socket = null;
      const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
      awarenessProtocol.removeAwarenessStates(this.awareness, others, "closed");
      if (event.code === 4423) {
        this.refused = true;
        this.events.onLocked();
      } else if (event.code === 4401 || event.code === 4403 || event.code === 4404) {
        this.refused = true;
        this.events.onReadOnly(event.code === 4401 ? "Your session ended. Sign in again." : "You no longer have access to this document.");
      } else if (!this.closed) {
        // Full jitter spreads the return of everybody after a restart of the server.
        const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempts++);
        this.timer = window.setTimeout(() => this.connect(), FIRST_RETRY_MS + Math.random() * ceiling);
      }
      this.report();
    };
  }

  private receive(bytes: Uint8Array): void {
    const decoder = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE_SYNC: {
        const encoder = encoding.createEncoder();
        encoding.writeVarUint(encoder, MESSAGE_SYNC);
        const kind = decoding.readVarUint(decoder);
        if (kind === sync.messageYjsSyncStep1) {
          if (!this.canWrite) return;
          const missing = Y.encodeStateAsUpdate(this.doc, decoding.readVarUint8Array(decoder));
          // Two zero bytes: no structs and no deletions, so the server lacks nothing.
          this.answered = true;
          if (missing.length === 2 && missing[0] === 0 && missing[1] === 0) {
            // The server's question speaks of what is on disk: whatever was pending has arrived.
            this.pending = 0;
            this.settledAt = Date.now();
            this.report();
            return;
          }
          // Structs that the server lacks and nobody counted come from the copy on this device.
          if (missing[0] !== 0 && this.pending === 0) this.addPending(1);
          encoding.writeVarUint(encoder, sync.messageYjsSyncStep2);
          encoding.writeVarUint8Array(encoder, missing);
          this.sendUpdateFrame(encoder);
        } else if (kind === sync.messageYjsSyncStep2) {
          sync.readSyncStep2(decoder, this.doc, this);
          if (!this.synced) {
            this.synced = true;
            this.events.onSynced();
          }
        } else if (kind === sync.messageYjsUpdate) {
          sync.readUpdate(decoder, this.doc, this);
        }
        break;
      }
      case MESSAGE_AWARENESS:
        awarenessProtocol.applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
        break;
      case MESSAGE_QUERY_AWARENESS:
        this.sendAwareness([this.doc.clientID]);
        break;
      case MESSAGE_AUTH:
        this.events.onReadOnly("You can read this document but not change it.");
        break;
      case MESSAGE_ACKNOWLEDGED: {
        const inner = decoding.createDecoder(decoding.readVarUint8Array(decoder));
        this.acknowledged = Math.max(this.acknowledged, decoding.readVarUint(inner));
        this.settle();
        break;
      }
      case MESSAGE_CONTROL:
        // Words to the person travel through the save state; the server closes the socket where that is needed.
        break;
    }
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || !this.canWrite) return;
    if (origin === this.offlineCopy) return;
    this.addPending(1);
    // Before the server has asked for what it lacks, its question will cover this change too.
    if (this.socket?.readyState !== WebSocket.OPEN || !this.answered) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    sync.writeUpdate(encoder, update);
    this.sendUpdateFrame(encoder);
  };

  private readonly onAwareness = (change: { added: number[]; updated: number[]; removed: number[] }, origin: unknown): void => {
    if (origin === this) return;
    const own = [...change.added, ...change.updated, ...change.removed].filter((id) => id === this.doc.clientID);
    if (own.length > 0) this.sendAwareness(own);
  };

  private readonly leave = (): void => {
    awarenessProtocol.removeAwarenessStates(this.awareness, [this.doc.clientID], "left");
  };

  private readonly onVisible = (): void => {
    if (document.visibilityState === "visible") this.retryNow();
  };

  private readonly tick = (): void => {
    if (this.socket?.readyState === WebSocket.OPEN && this.lastHeard > 0 && Date.now() - this.lastHeard > SILENCE_MS) {
      this.socket.close(4000);
    }
    this.report();
  };

  private addPending(changes: number): void {
    if (this.pending === 0) this.oldestPending = Date.now();
    this.pending += changes;
    this.report();
  }

  private sendUpdateFrame(encoder: encoding.Encoder): void {
    this.send(encoder);
    this.sent++;
    this.pendingAtSend.push(this.pending);
  }

  /** Takes what the newest acknowledged frame covered off the pending changes. */
  private settle(): void {
    const covered = this.pendingAtSend[this.acknowledged - 1] ?? 0;
    if (covered > 0) {
      this.pending = Math.max(0, this.pending - covered);
      this.oldestPending = Date.now();
      this.settledAt = Date.now();
      this.pendingAtSend = this.pendingAtSend.map((count) => Math.max(0, count - covered));
    }
    this.report();
  }

  private send(encoder: encoding.Encoder): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encoding.toUint8Array(encoder));
  }

  private sendAwareness(clients: number[]): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_AWARENESS);
    encoding.writeVarUint8Array(encoder, awarenessProtocol.encodeAwarenessUpdate(this.awareness, clients));
    this.send(encoder);
  }

  private state(): SaveState {
    const open = this.socket?.readyState === WebSocket.OPEN;
    const waited = this.pending > 0 ? Date.now() - this.oldestPending : 0;
    if (this.refused) return this.pending > 0 ? "failed" : "offline";
    if (!open) {
      if (this.pending > 0 || navigator.onLine === false) return "offline";
      return this.synced || this.attempts > 1 ? "reconnecting" : "saved";
    }
    if (this.pending === 0) return Date.now() - this.settledAt < QUIET_MS ? "pending" : "saved";
    if (waited > FAILED_AFTER_MS) return "failed";
    return waited > SAVING_AFTER_MS ? "saving" : "pending";
  }

  private report(): void {
    if (this.closed) return;
    const state = this.state();
    const key = `${state} ${this.pending}`;
    if (key === this.shown) return;
    this.shown = key;
    this.events.onSave(state, this.pending);
  }
}
