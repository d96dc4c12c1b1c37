package dev.sluice.simulator;

import java.io.IOException;

/**
 * The provider drops the connection. Leaves the handler, upon which the HTTP server closes the
 * socket at once, without the last chunk: the client sees a truncated answer.
 */
final class DroppedConnection extends IOException {
  DroppedConnection(String why) {
    super(why);
  }
}
