package dev.sluice.api.socket;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.HashMap;
import java.util.Map;

/** How many sockets are open, and whose. Thread-safe. */
final class SocketSlots {
  private final int most;
  private final int mostOfOneUser;

  // Guarded by this.
  private final Map<String, Integer> openByUser = new HashMap<>();
  private int open;

  SocketSlots(int most, int mostOfOneUser) {
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
  }

  /** A place for one socket, until it is released. */
  final class Slot {
    private final String user;
    private boolean released;

    private Slot(String user) {
      this.user = user;
    }

    /** Gives the place back; a second time changes nothing. */
    void release() {
      synchronized (SocketSlots.this) {
        if (released) return;
        released = true;
        open--;
        openByUser.computeIfPresent(user, (_, count) -> count > 1 ? count - 1 : null);
      }
    }
  }

  /**
   * @throws SluiceException if the user, or the instance, has as many as there may be
   */
  synchronized Slot take(String user) {
    if (openByUser.getOrDefault(user, 0) >= mostOfOneUser)
      throw new SluiceException(ErrorCode.TOO_MANY_CONNECTIONS);
    if (open >= most)
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          "This instance has as many connections as it takes. Try again in a moment.");
    open++;
    openByUser.merge(user, 1, Integer::sum);
    return new Slot(user);
  }

  synchronized int open() {
    return open;
  }
}
