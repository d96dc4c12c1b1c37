package dev.sluice.common.id;

/**
 * The one id of a request and its response, with what is needed to find its events again.
 *
 * @param value {@code resp_…}, as it stands on the wire, in topics, logs and SQL
 * @param homePartition partition of {@code sluice.replies} that carries the events
 * @param offsetBound no event of this response lies below this offset of that partition
 */
public record ResponseId(String value, int homePartition, long offsetBound) {
  @Override
  public String toString() {
    return value;
  }
}
