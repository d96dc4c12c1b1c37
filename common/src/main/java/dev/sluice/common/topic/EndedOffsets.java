package dev.sluice.common.topic;

import java.util.Base64;
import java.util.BitSet;

/**
 * Which offsets above a committed one have ended too: what a worker writes in the metadata of its
 * commits. Bit 0 is the committed offset itself.
 */
public final class EndedOffsets {
  private static final String FORMAT = "1:";

  // Kafka keeps 4,096 characters (offset.metadata.max.bytes); these are 4,000 in Base64
  public static final int MOST_BITS = 3_000 * Byte.SIZE;

  private EndedOffsets() {}

  /**
   * @param ended {@link #MOST_BITS} at the most
   */
  public static String encode(BitSet ended) {
    return ended.isEmpty()
        ? ""
        : FORMAT + Base64.getEncoder().withoutPadding().encodeToString(ended.toByteArray());
  }

  /** None if the metadata are not ours. */
  public static BitSet decode(String metadata) {
    if (!metadata.startsWith(FORMAT)) return new BitSet();
    try {
      return BitSet.valueOf(Base64.getDecoder().decode(metadata.substring(FORMAT.length())));
    } catch (IllegalArgumentException notOurs) {
      return new BitSet();
    }
  }
}
