package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Names as Redis has them. */
final class Keys {
  private Keys() {}

  static byte[] bytes(String name) {
    return name.getBytes(UTF_8);
  }
}
