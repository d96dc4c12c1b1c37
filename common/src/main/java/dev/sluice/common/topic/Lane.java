package dev.sluice.common.topic;

/** A budget pool and a priority; one topic, so an exhausted pool never blocks another. */
public record Lane(String pool, Priority priority) {
  private static final String PREFIX = "sluice.requests.";

  /** {@code sluice.requests.<pool>.<priority>}. */
  public String topic() {
    return PREFIX + pool + "." + priority.label();
  }

  /** {@code <pool>.<priority>}, as operators name it. */
  public String label() {
    return pool + "." + priority.label();
  }

  /**
   * The lane of a topic that {@link #topic()} named.
   *
   * @throws IllegalArgumentException for any other topic
   */
  public static Lane ofTopic(String topic) {
    for (var priority : Priority.values()) {
      var suffix = "." + priority.label();
      if (topic.startsWith(PREFIX)
          && topic.endsWith(suffix)
          && topic.length() > PREFIX.length() + suffix.length())
        return new Lane(
            topic.substring(PREFIX.length(), topic.length() - suffix.length()), priority);
    }
    throw new IllegalArgumentException("not a lane's topic: " + topic);
  }
}
