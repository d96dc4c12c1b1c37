package dev.sluice.api.replies;

import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;

/** One visitor at one response. {@link #leave} is for any thread, the rest is the reader's. */
final class Visit {
  private final ResponseId id;
  private final long after;
  private final Visitor visitor;
  private final boolean asFollower;
  private final Following following;
  private final TopicPartition partition;
  private long end; // of the partition, when the visit began
  private boolean truncated;
  private boolean found;
  private boolean caughtUp;
  private final long began = System.nanoTime();
  private volatile boolean over;

  /**
   * @param asFollower whether an end is passed over that is for the response's own client alone
   */
  Visit(ResponseId id, long after, Visitor visitor, boolean asFollower) {
    this.id = id;
    this.after = after;
    this.visitor = visitor;
    this.asFollower = asFollower;
    this.following = new Following(visitor, after);
    this.partition = new TopicPartition(Topics.REPLIES, id.homePartition());
  }

  /** Nothing more is handed on, but for what is being handed on now. */
  void leave() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  boolean isLongerThan(Duration time) {
    return System.nanoTime() - began > time.toNanos();
  }

  String responseId() {
    return id.value();
  }

  TopicPartition partition() {
    return partition;
  }

  /**
   * Where to read from.
   *
   * @param first oldest offset that is kept
   * @param next offset of the record to be written next
   */
  long begin(long first, long next) {
    end = next;
    truncated = first > id.offsetBound();
    return Math.max(first, Math.min(id.offsetBound(), next));
  }

  void hear(Reply reply) {
    if (over || asFollower && reply.isForOwnClient()) return;
    if (!found && truncated && reply.sequence() > after + 1) {
      lost(Visitor.Loss.EXPIRED);
      return;
    }
    found = true;
    if (!following.hear(reply)) return;
    over = true;
    arrive();
    visitor.atEnd();
  }

  /** Everything below {@code position} has been read. */
  void read(long position) {
    if (over || caughtUp || position < end) return;
    arrive();
    if (!found) over = true;
  }

  void lost(Visitor.Loss loss) {
    over = true;
    visitor.lost(loss);
  }

  private void arrive() {
    if (caughtUp) return;
    caughtUp = true;
    visitor.caughtUp(found);
  }
}
