package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes the events of one response those of another: its id in place of the other's, which has the
 * same length. Ids are random enough that nothing else reads like one.
 */
final class IdSwap {
  private final byte[] from;
  private final byte[] to;

  IdSwap(String from, String to) {
    this.from = from.getBytes(UTF_8);
    this.to = to.getBytes(UTF_8);
    if (this.from.length != this.to.length)
      throw new IllegalArgumentException("ids of %s and %s differ in length".formatted(from, to));
  }

  byte[] in(byte[] event) {
    var swapped = event.clone();
    for (int at = 0; at <= swapped.length - from.length; at++)
      if (isAt(swapped, at)) {
        System.arraycopy(to, 0, swapped, at, to.length);
        at += to.length - 1;
      }
    return swapped;
  }

  private boolean isAt(byte[] event, int at) {
    for (int i = 0; i < from.length; i++) if (event[at + i] != from[i]) return false;
    return true;
  }
}
