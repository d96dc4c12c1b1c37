package dev.sluice.simulator.limit;

/** What the limits say to a request. */
public sealed interface Verdict {
  /** After the decision: what is left. */
  Levels levels();

  /**
   * Charged, up front. {@code grant} is for a refund at completion, where the provider gives one.
   */
  record Admitted(Grant grant, Levels levels) implements Verdict {}

  /** Not now: it fits after {@code waitNanos} if nobody else asks in between. */
  record Refused(
      Bandwidth limitedBy, long limit, long used, long requested, long waitNanos, Levels levels)
      implements Verdict {}

  /** Never: more than the limit itself. */
  record TooLarge(Bandwidth limitedBy, long limit, long requested, Levels levels)
      implements Verdict {}
}
