package dev.sluice.api.replies;

import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One visitor at one response. Two threads read for it: one what it has missed, one what is to
 * come, and the latter waits until the former is through. {@link #leave} is for any thread.
 */
final class Visit {
  /*
   * The events of a redriven response stand behind the failure of its life before, under a higher
   * fence. So an end that stands in the log already is withheld until the rest of the log is seen to
   * have nothing newer. One that comes while the visitor is there ends the visit.
   */
  private final ResponseId id;
  private final long after;
  private final Visitor visitor;
  private final boolean asFollower;
  private final boolean redriven;
  private final Following following;
  private final TopicPartition partition;
  private long end; // of the partition, when the visit began
  private boolean truncated;
  private boolean found;
  private boolean caughtUp;
  private final List<Reply> early = new ArrayList<>(); // to come, and heard before it has caught up
  private boolean lifeOver; // the newest that has been read
  private long lifeFence; // its owner's
  private @Nullable Reply withheld; // its end, unless the visitor knows that
  private final long began = System.nanoTime();
  private volatile boolean over;

  /**
   * @param asFollower whether an end is passed over that is for the response's own client alone
   * @param redriven whether the end that is read first may not be the last
   */
  Visit(ResponseId id, long after, Visitor visitor, boolean asFollower, boolean redriven) {
    this.id = id;
    this.after = after;
    this.visitor = visitor;
    this.asFollower = asFollower;
    this.redriven = redriven;
    this.following = new Following(this::pass, after);
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
  synchronized long begin(long first, long next) {
    end = next;
    truncated = first > id.offsetBound();
    return Math.max(first, Math.min(id.offsetBound(), next));
  }

  /** An event that is to come. */
  synchronized void hear(Reply reply) {
    if (over) return;
    if (caughtUp) take(reply);
    else early.add(reply);
  }

  /** An event that may have been missed. */
  synchronized void hearMissed(Reply reply) {
    if (!over && !caughtUp) take(reply);
  }

  private void take(Reply reply) {
    if (over || asFollower && reply.isForOwnClient()) return;
    if (!found && truncated && isBehindGap(reply)) {
      lost(Visitor.Loss.EXPIRED);
      return;
    }
    found = true;
    if (lifeOver && reply.fence() > lifeFence) {
      lifeOver = false;
      withheld = null;
    }
    if (!following.hear(reply)) return;
    if (mayGoOn(reply)) {
      lifeOver = true;
      lifeFence = reply.fence();
    } else {
      conclude();
    }
  }

  /**
   * Whether events are gone that the visitor would need before the first there is. A response that
   * was redriven when nothing of it was left counts from 1 again: then {@code after} may be the
   * number of an event of either life.
   */
  private boolean isBehindGap(Reply first) {
    if (!redriven) return first.sequence() > after + 1;
    return after > 0 ? first.sequence() != after + 1 : first.sequence() > 1;
  }

  /** Everything below {@code position} has been read of what it may have missed. */
  synchronized void readMissed(long position) {
    if (over || caughtUp || position < end) return;
    early.forEach(this::take);
    early.clear();
    if (over) return;
    if (lifeOver) {
      conclude();
      return;
    }
    arrive();
    if (!found) over = true;
  }

  /** Whether it has missed nothing, or does not care. */
  synchronized boolean hasCaughtUp() {
    return over || caughtUp;
  }

  private void pass(Reply reply) {
    if (mayGoOn(reply)) withheld = reply;
    else visitor.accept(reply);
  }

  private boolean mayGoOn(Reply reply) {
    return redriven && !caughtUp && reply.terminal() && !reply.isForOwnClient();
  }

  private void conclude() {
    over = true;
    if (withheld != null) visitor.accept(withheld);
    arrive();
    visitor.atEnd();
  }

  synchronized void lost(Visitor.Loss loss) {
    if (over) return;
    over = true;
    visitor.lost(loss);
  }

  private void arrive() {
    if (caughtUp) return;
    caughtUp = true;
    visitor.caughtUp(found);
  }
}
