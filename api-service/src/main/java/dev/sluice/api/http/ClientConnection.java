package dev.sluice.api.http;

import jakarta.servlet.ServletRequest;

/** The connection that a request came over. Belongs to the request's thread. */
@FunctionalInterface
interface ClientConnection {
  String ATTRIBUTE = ClientConnection.class.getName();

  /** Whether the client has closed it. Does not block. */
  boolean isClosed();

  static ClientConnection of(ServletRequest request) {
    // Without the valve, as in a test without a container, nobody ever leaves.
    return request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection
        ? connection
        : () -> false;
  }
}
