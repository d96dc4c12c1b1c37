package dev.sluice.api.replies;

/** Comes back to a response: takes the events that it has missed, then those to come. */
public interface Visitor extends ReplyListener {
  /**
   * All that was published when the visit began has been handed on. Called once.
   *
   * @param found whether there was anything of this response, missed or not
   */
  void caughtUp(boolean found);

  /** The response has ended, and its last event was handed on or known. The visit is over. */
  void atEnd();

  /** What is to come cannot be read, or what was missed is no longer kept. The visit is over. */
  void lost(Loss loss);

  /** Why a visit ends without the response's end. */
  enum Loss {
    /** Kafka does not answer; a new visit may succeed. */
    UNREADABLE,
    /** The reply log no longer has the events that would come next. */
    EXPIRED,
    /** Its end has not come for as long as the reply log keeps events: none will. */
    OVERDUE
  }
}
