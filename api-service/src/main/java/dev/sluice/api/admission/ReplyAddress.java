package dev.sluice.api.admission;

/** What admission needs from outside: where this instance reads the events of its responses. */
public interface ReplyAddress {
  int partition();

  /** No event of a response that is admitted from now on lies below this offset. */
  long offsetBound();
}
